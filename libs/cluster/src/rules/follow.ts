import type { ClusterRefusal, HealthCheck, VirtualServiceId, VirtualServiceSpec } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';

const pointer = '/healthCheck/virtualService';

/**
 * A followed service must exist, and following must end at a check that asks: a circle has no verdict. A machine that
 * the followed service lacks is no reason to refuse; lint says so. `self` is the service that follows, once it has an id.
 */
export const followRefused = (
  cluster: Cluster,
  { healthCheck }: VirtualServiceSpec,
  self?: VirtualServiceId,
): ClusterRefusal | undefined => {
  if (healthCheck.kind !== 'follow') return undefined;
  if (!cluster.virtualServices.has(healthCheck.virtualService)) return followsNobody(healthCheck.virtualService);
  const chain = chainFrom(cluster, healthCheck.virtualService);
  return self !== undefined && chain.includes(self) ? followsItself(cluster, self, chain) : undefined;
};

/**
 * The services whose verdicts are followed in turn, the first included. It ends where nobody is there any more: a state that
 * is still being judged may have such an end, and whoever follows into the void is refused for itself.
 */
const chainFrom = (cluster: Cluster, first: VirtualServiceId): readonly VirtualServiceId[] => {
  const chain: VirtualServiceId[] = [];
  for (let next: VirtualServiceId | undefined = first; next !== undefined;) {
    chain.push(next);
    const check: HealthCheck | undefined = cluster.virtualServices.get(next)?.spec.healthCheck;
    next = check?.kind === 'follow' && !chain.includes(check.virtualService) ? check.virtualService : undefined;
  }
  return chain;
};

const followsNobody = (id: VirtualServiceId): ClusterRefusal => ({
  kind: 'invalid-input',
  errors: [{ pointer, detail: `there is no virtual service ${id}`, expected: 'the id of another virtual service' }],
});

const followsItself = (
  cluster: Cluster,
  self: VirtualServiceId,
  chain: readonly VirtualServiceId[],
): ClusterRefusal => {
  const labels = [self, ...chain.slice(0, chain.indexOf(self) + 1)].map((id) => serviceIn(cluster, id).spec.label);
  const detail = `healthCheck follows a circle: ${labels.join(' → ')}`;
  const expected = 'a service whose healthCheck.kind is not "follow" in the end';
  return { kind: 'invalid-combination', errors: [{ pointer, detail, expected, inherited: false }] };
};
