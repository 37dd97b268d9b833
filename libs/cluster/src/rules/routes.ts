import {
  type ClusterRefusal,
  type ContentRule,
  type InputError,
  isHttpsRedirect,
  type VirtualServiceId,
  type VirtualServiceSpec,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { type Cluster } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';

// Content rules send requests to the pool of another service, or to one real server. A request that came to a pool that
// way is not judged by the rules there, so rules cannot make a circle.

export const rulesOf = (spec: VirtualServiceSpec): readonly ContentRule[] => ('rules' in spec && spec.rules) || [];

/** Whether the service has a pool that rules of others can use. */
const hasHttpPool = (spec: VirtualServiceSpec): boolean => spec.mode === 'http' && !isHttpsRedirect(spec);

/**
 * Each rule must lead somewhere: to another service that speaks HTTP, or to a real server of its own, by these `labels`.
 * `self` is the service that has the rules, once it has an id.
 */
export const routesRefused = (
  cluster: Cluster,
  spec: VirtualServiceSpec,
  labels: readonly string[],
  self?: VirtualServiceId,
): ClusterRefusal | undefined => {
  const errors = rulesOf(spec).flatMap((rule, index): InputError[] => {
    const at = `/rules/${index}/action`;
    if (rule.action.kind === 'server') return serverError(rule.action.realServer, labels, at);
    return rule.action.kind === 'service' ? serviceError(cluster, rule.action.virtualService, at, self) : [];
  });
  return errors.length === 0 ? undefined : { kind: 'invalid-input', errors };
};

const serverError = (label: string, labels: readonly string[], at: string): InputError[] => {
  if (labels.includes(label)) return [];
  const known = labels.length === 0 ? 'a real server, which the service lacks' : labels.join(', ');
  return [{ pointer: `${at}/realServer`, detail: `there is no real server ${label} in this service`, expected: known }];
};

const serviceError = (
  cluster: Cluster,
  id: VirtualServiceId,
  at: string,
  self: VirtualServiceId | undefined,
): InputError[] => {
  const pointer = `${at}/virtualService`;
  const expected = 'the id of another virtual service of layer 7 in mode "http" with action "balance"';
  if (id === self) return [{ pointer, detail: 'a request goes to its own service without a rule', expected }];
  const other = cluster.virtualServices.get(id)?.spec;
  if (other === undefined) return [{ pointer, detail: `there is no virtual service ${id}`, expected }];
  if (hasHttpPool(other)) return [];
  return [{ pointer, detail: `${other.label} ${whyNoPool(other)}`, expected }];
};

const whyNoPool = (spec: VirtualServiceSpec): string =>
  isHttpsRedirect(spec)
    ? `has action "${spec.action}", and nobody who could answer a request from here`
    : `is layer ${spec.layer} mode "${spec.mode}", and cannot take HTTP requests from here`;

/** A service must not go, or stop speaking HTTP, while a rule of another sends requests to its pool. */
export const stillRoutedTo = (
  cluster: Cluster,
  { id, spec }: Pick<VirtualServiceState, 'id' | 'spec'>,
  after?: VirtualServiceSpec,
): ClusterRefusal | undefined => {
  if (!hasHttpPool(spec) || (after !== undefined && hasHttpPool(after))) return undefined;
  const users = [...cluster.virtualServices.values()].filter((other) =>
    rulesOf(other.spec).some(({ action }) => action.kind === 'service' && action.virtualService === id),
  );
  if (users.length === 0) return undefined;
  return {
    kind: 'still-routed-to',
    virtualServiceId: id,
    label: spec.label,
    users: users.map((user) => ({ virtualServiceId: user.id, label: user.spec.label })),
  };
};

/** A real server must not go, or change its label, while a rule of its service names it. */
export const serverStillRoutedTo = (
  cluster: Cluster,
  virtualServiceId: VirtualServiceId,
  realServer: string,
): ClusterRefusal | undefined => {
  const { spec } = serviceIn(cluster, virtualServiceId);
  const { label } = spec;
  const isNamed = rulesOf(spec).some(({ action }) => action.kind === 'server' && action.realServer === realServer);
  if (!isNamed) return undefined;
  return { kind: 'still-routed-to', virtualServiceId, label, realServer, users: [{ virtualServiceId, label }] };
};
