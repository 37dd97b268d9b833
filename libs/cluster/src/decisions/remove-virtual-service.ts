import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { unknownVirtualService } from '../rules/unknown.ts';
import { serviceIn } from '../state/with-service.ts';

/** Its real servers go with it. Refuses `still-followed` while another service takes its verdicts from it. */
export const removeVirtualService: Decide<'RemoveVirtualService'> = (cluster, { virtualServiceId }) => {
  if (!cluster.virtualServices.has(virtualServiceId)) return refuse(unknownVirtualService(virtualServiceId));
  const followers = [...(cluster.servicesBy.followed.get(virtualServiceId) ?? [])].map((id) => serviceIn(cluster, id));
  if (followers.length === 0) return decided({ kind: 'VirtualServiceRemoved', virtualServiceId });
  return refuse({
    kind: 'still-followed',
    virtualServiceId,
    followers: followers
      .toSorted((a, b) => a.number - b.number)
      .map(({ id, spec }) => ({ virtualServiceId: id, label: spec.label })),
  });
};
