import type { ClusterRefusal, VirtualServiceId } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';

/** A service must not go while another takes its verdicts from it. */
export const stillFollowed = (cluster: Cluster, id: VirtualServiceId): ClusterRefusal | undefined => {
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
