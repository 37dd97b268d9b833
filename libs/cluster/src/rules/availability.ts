import type { ClusterRefusal, RealServerState, VerdictState } from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';
import { type Cluster, realServersOf, serviceOf } from '../state/cluster.ts';

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
  { force }: { readonly force: boolean },
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const services = servicesLeftEmpty(cluster, leaving, context).map(({ id, spec }) => ({
    virtualServiceId: id,
    label: spec.label,
  }));
  if (services.length === 0 || (force && context.hasReason)) return undefined;
  if (!force) return { kind: 'last-available-real-server', services };
  const labels = services.map(({ label }) => label).join(', ');
  return { kind: 'reason-required', because: `${labels} would be left without an available real server: say why` };
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
