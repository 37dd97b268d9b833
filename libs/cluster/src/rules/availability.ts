import {
  type ClusterRefusal,
  isHttpsRedirect,
  type RealServerState,
  type ShortService,
  type VerdictState,
  type VirtualServiceId,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';
import { type Cluster, realServersOf, serviceOf } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';
import { leastAvailable } from './watermark.ts';

/** Takes new clients, as far as anybody knows. `unknown` counts, so that silence never blocks. */
export const isAvailable = ({ intent, spec }: RealServerState, verdict: VerdictState): boolean =>
  intent.intent === 'online' && spec.weight > 0 && verdict !== 'down';

/**
 * Refuses when `leaving` stop taking new clients, and too few of their services stay available: fewer than the watermark,
 * or none. `force` passes, but somebody has to say why. Whether the service is enabled does not matter: it may be enabled
 * next.
 */
export const tooFewLeft = (
  cluster: Cluster,
  leaving: readonly RealServerState[],
  wish: Forceable,
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const isUp = upIn(context);
  const ids = new Set(leaving.map(({ id }) => id));
  const services = new Map(leaving.map((one) => [one.virtualServiceId, serviceOf(cluster, one)]));
  const short = [...services.values()].flatMap((service) => {
    const members = realServersOf(cluster, service.id);
    const isUpThen: IsUp = (member) => !ids.has(member.id) && isUp(member);
    return shortAfter(service, { members, isUp }, { members, isUp: isUpThen }) ?? [];
  });
  return shortRefused(short, wish, context);
};

/** The same for a change of many things, of whatever kind: what counts is how many are available before and after it. */
export const availabilityLost = (
  before: Cluster,
  after: Cluster,
  services: readonly VirtualServiceId[],
  wish: Forceable,
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const isUp = upIn(context);
  const short = services.flatMap((id) => {
    const [had, has] = [realServersOf(before, id), realServersOf(after, id)];
    return shortAfter(serviceIn(after, id), { members: had, isUp }, { members: has, isUp }) ?? [];
  });
  return shortRefused(short, wish, context);
};

/** Refuses while nobody else of its service takes new clients, whoever else there may have been before. */
export const nobodyAvailable = (
  cluster: Cluster,
  realServer: RealServerState,
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const members = realServersOf(cluster, realServer.virtualServiceId);
  if (members.some((other) => other.id !== realServer.id && upIn(context)(other))) return undefined;
  const { id: virtualServiceId, spec } = serviceOf(cluster, realServer);
  const short = { virtualServiceId, label: spec.label, left: [], least: 1, of: members.length };
  return { kind: 'last-available-real-server', services: [short] };
};

type Forceable = { readonly force: boolean };
type IsUp = (realServer: RealServerState) => boolean;
/** The real servers of a service at one time. */
type Side = { readonly members: readonly RealServerState[]; readonly isUp: IsUp };

const upIn =
  ({ verdictOf }: DecisionContext): IsUp =>
  (realServer) =>
    isAvailable(realServer, verdictOf(realServer.id));

/**
 * One that was short before, for other reasons, is no reason to refuse a change that takes nobody away. A redirect serves
 * its clients without anybody.
 */
const shortAfter = ({ id, spec }: VirtualServiceState, before: Side, after: Side): ShortService | undefined => {
  if (isHttpsRedirect(spec)) return undefined;
  const left = after.members.filter(after.isUp);
  const least = leastAvailable(spec, after.members.length);
  if (left.length >= least || left.length >= before.members.filter(before.isUp).length) return undefined;
  const labels = left.map((realServer) => realServer.spec.label);
  return { virtualServiceId: id, label: spec.label, left: labels, least, of: after.members.length };
};

const shortRefused = (
  services: ShortService[],
  { force }: Forceable,
  { hasReason }: DecisionContext,
): ClusterRefusal | undefined => {
  if (services.length === 0 || (force && hasReason)) return undefined;
  const isEmptied = services.some(({ left }) => left.length === 0);
  if (!force) return { kind: isEmptied ? 'last-available-real-server' : 'below-watermark', services };
  const labels = services.map(({ label }) => label).join(', ');
  const how = isEmptied ? 'without an available real server' : 'below the watermark';
  return { kind: 'reason-required', missing: 'reason', because: `${labels} would be left ${how}: say why` };
};
