import type {
  ClusterRefusal,
  RealServerState,
  VerdictState,
  VirtualServiceId,
  VirtualServiceState,
} from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';
import { type Cluster, realServersOf, serviceOf } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';

/** Takes new clients, as far as anybody knows. `unknown` counts, so that silence never blocks. */
export const isAvailable = ({ intent, spec }: RealServerState, verdict: VerdictState): boolean =>
  intent.intent === 'online' && spec.weight > 0 && verdict !== 'down';

/**
 * Refuses when the available real servers of a service would go from some to none because `leaving` stop taking new
 * clients. `force` passes, but somebody has to say why. Whether the service is enabled does not matter: it may be
 * enabled next.
 */
export const lastAvailable = (
  cluster: Cluster,
  leaving: readonly RealServerState[],
  wish: Forceable,
  context: DecisionContext,
): ClusterRefusal | undefined => leftEmptyRefused(servicesLeftEmpty(cluster, leaving, context), wish, context);

/** The same for a change of many things, of whatever kind: what counts is how many are available before and after it. */
export const availabilityLost = (
  before: Cluster,
  after: Cluster,
  services: readonly VirtualServiceId[],
  wish: Forceable,
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const hasSome = (cluster: Cluster, id: VirtualServiceId): boolean =>
    realServersOf(cluster, id).some((realServer) => isAvailable(realServer, context.verdictOf(realServer.id)));
  const emptied = services.filter((id) => hasSome(before, id) && !hasSome(after, id));
  const states = emptied.map((id) => serviceIn(after, id));
  return leftEmptyRefused(states, wish, context);
};

type Forceable = { readonly force: boolean };

const leftEmptyRefused = (
  emptied: readonly VirtualServiceState[],
  { force }: Forceable,
  { hasReason }: DecisionContext,
): ClusterRefusal | undefined => {
  const services = emptied.map(({ id, spec }) => ({ virtualServiceId: id, label: spec.label }));
  if (services.length === 0 || (force && hasReason)) return undefined;
  if (!force) return { kind: 'last-available-real-server', services };
  const labels = services.map(({ label }) => label).join(', ');
  return {
    kind: 'reason-required',
    missing: 'reason',
    because: `${labels} would be left without an available real server: say why`,
  };
};

const servicesLeftEmpty = (cluster: Cluster, leaving: readonly RealServerState[], { verdictOf }: DecisionContext) => {
  const isUp = (realServer: RealServerState): boolean => isAvailable(realServer, verdictOf(realServer.id));
  const ids = new Set(leaving.map(({ id }) => id));
  const hit = new Map(leaving.filter(isUp).map((realServer) => [realServer.virtualServiceId, realServer]));
  return [...hit.values()]
    .filter(({ virtualServiceId }) =>
      realServersOf(cluster, virtualServiceId).every((other) => ids.has(other.id) || !isUp(other)),
    )
    .map((realServer) => serviceOf(cluster, realServer));
};
