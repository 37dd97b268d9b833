import {
  type ClusterRefusal,
  type HealthCheck,
  healthCheckOf,
  isHttpsRedirect,
  type VirtualServiceId,
  type VirtualServiceSpec,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';

const pointer = '/healthCheck/virtualService';

/**
 * A followed service must exist and have somebody to check, and following must end at a check that asks: a circle has no verdict. A machine that
 * the followed service lacks is no reason to refuse; lint says so. `self` is the service that follows, once it has an id.
 */
export const followRefused = (
  cluster: Cluster,
  spec: VirtualServiceSpec,
  self?: VirtualServiceId,
): ClusterRefusal | undefined => {
  const healthCheck = healthCheckOf(spec);
  if (healthCheck?.kind !== 'follow') return undefined;
  const followed = cluster.virtualServices.get(healthCheck.virtualService)?.spec;
  if (followed === undefined) return followsNobody(`there is no virtual service ${healthCheck.virtualService}`);
  if (isHttpsRedirect(followed)) return followsNobody(`${followed.label} redirects to HTTPS and checks nobody`);
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
    const found: VirtualServiceState | undefined = cluster.virtualServices.get(next);
    const check: HealthCheck | undefined = found && healthCheckOf(found.spec);
    next = check?.kind === 'follow' && !chain.includes(check.virtualService) ? check.virtualService : undefined;
  }
  return chain;
};

const followsNobody = (detail: string): ClusterRefusal => ({
  kind: 'invalid-input',
  errors: [{ pointer, detail, expected: 'the id of another virtual service' }],
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
