import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { stillFollowed } from '../rules/still-followed.ts';
import { unknownVirtualService } from '../rules/unknown.ts';

/** Its real servers go with it. Refuses `still-followed` while another service takes its verdicts from it. */
export const removeVirtualService: Decide<'RemoveVirtualService'> = (cluster, { virtualServiceId }) => {
  if (!cluster.virtualServices.has(virtualServiceId)) return refuse(unknownVirtualService(virtualServiceId));
  const refusal = stillFollowed(cluster, virtualServiceId);
  return refusal === undefined ? decided({ kind: 'VirtualServiceRemoved', virtualServiceId }) : refuse(refusal);
};
