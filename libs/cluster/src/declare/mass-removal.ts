import type { ApplyConfiguration, ClusterEvent, ClusterRefusal } from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';
import { type Cluster, realServersOf } from '../state/cluster.ts';
import { servicesInScope } from './services-in-scope.ts';

/**
 * A document that lost half of its lines must not take half of a hospital with it. Services are counted among those of
 * the scope, real servers among those of the services that stay: one that goes with its service is not counted again.
 * The limit is a share, rounded up, so one thing at a time always passes.
 */
export const massRemoval = (
  cluster: Cluster,
  scope: string,
  events: readonly ClusterEvent[],
  { force }: Pick<ApplyConfiguration, 'force'>,
  { hasReason }: DecisionContext,
): ClusterRefusal | undefined => {
  const present = servicesInScope(cluster, scope);
  const gone = new Set(
    events.flatMap((event) => (event.kind === 'VirtualServiceRemoved' ? event.virtualServiceId : [])),
  );
  const staying = present.filter(({ id }) => !gone.has(id)).flatMap(({ id }) => realServersOf(cluster, id));
  const removed = events.filter(({ kind }) => kind === 'RealServerRemoved').length;
  const share = cluster.settings.spec.massRemovalPercent / 100;
  const services = { removed: gone.size, most: Math.ceil(present.length * share) };
  const realServers = { removed, most: Math.ceil(staying.length * share) };
  if (services.removed <= services.most && realServers.removed <= realServers.most) return undefined;
  if (!force) return { kind: 'mass-removal', services, realServers };
  const because = `${services.removed} virtual services and ${removed} real servers would be removed: say why`;
  return hasReason ? undefined : { kind: 'reason-required', missing: 'reason', because };
};
