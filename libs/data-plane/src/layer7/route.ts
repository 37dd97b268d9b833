import { type Cluster } from '@evenkeel/cluster';
import { type ContentRule, type VirtualServiceId } from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import { serverName, serviceName } from './names.ts';

type Action = ContentRule['action'];

/** A content rule with HAProxy's names for what the book names by id and label. */
export type Route = {
  readonly match: ContentRule['match'];
  readonly action:
    | Extract<Action, { kind: 'redirect' | 'deny' }>
    | { readonly kind: 'service'; readonly name: string }
    | { readonly kind: 'server'; readonly name: string };
};

/** Rules that lead nowhere are refused before they are in the book. */
export const routesOf = (
  rules: readonly ContentRule[],
  realServers: readonly { readonly number: number; readonly spec: { readonly label: string } }[],
  virtualServices: Cluster['virtualServices'],
): readonly Route[] =>
  rules.map(({ match, action }) => ({ match, action: named(action, realServers, virtualServices) }));

const named = (
  action: Action,
  realServers: Parameters<typeof routesOf>[1],
  virtualServices: Cluster['virtualServices'],
): Route['action'] => {
  if (action.kind === 'service')
    return { kind: 'service', name: serviceName(numberOf(action.virtualService, virtualServices)) };
  if (action.kind !== 'server') return action;
  const server = realServers.find(({ spec }) => spec.label === action.realServer);
  assert(server !== undefined, `a content rule names ${action.realServer}, which is not there`);
  return { kind: 'server', name: serverName(server.number) };
};

const numberOf = (id: VirtualServiceId, virtualServices: Cluster['virtualServices']): number => {
  const number = virtualServices.get(id)?.number;
  assert(number !== undefined, `a content rule names ${id}, which is not there`);
  return number;
};
