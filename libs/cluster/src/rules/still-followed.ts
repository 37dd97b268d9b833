import {
  type ClusterRefusal,
  isHttpsRedirect,
  type VirtualServiceId,
  type VirtualServiceSpec,
} from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';

/** A service must not go, or come to have nobody, while another takes its verdicts from it. `after`: what it becomes. */
export const stillFollowed = (
  cluster: Cluster,
  id: VirtualServiceId,
  after?: VirtualServiceSpec,
): ClusterRefusal | undefined => {
  if (after !== undefined && !isHttpsRedirect(after)) return undefined;
  const followers = [...(cluster.servicesBy.followed.get(id) ?? [])].map((other) => serviceIn(cluster, other));
  if (followers.length === 0) return undefined;
  return {
    kind: 'still-followed',
    virtualServiceId: id,
    followers: followers
      .toSorted((a, b) => a.number - b.number)
      .map(({ id: virtualServiceId, spec }) => ({ virtualServiceId, label: spec.label })),
  };
};
