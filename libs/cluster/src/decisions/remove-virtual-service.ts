import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { stillRoutedTo } from '../rules/routes.ts';
import { stillFollowed } from '../rules/still-followed.ts';
import { unknownVirtualService } from '../rules/unknown.ts';

/**
 * Its real servers go with it. Refuses `still-followed` while another service takes its verdicts from it, and
 * `still-routed-to` while a content rule of another sends requests to it.
 */
export const removeVirtualService: Decide<'RemoveVirtualService'> = (cluster, { virtualServiceId }) => {
  const service = cluster.virtualServices.get(virtualServiceId);
  if (service === undefined) return refuse(unknownVirtualService(virtualServiceId));
  const refusal = stillFollowed(cluster, virtualServiceId) ?? stillRoutedTo(cluster, service);
  return refusal === undefined ? decided({ kind: 'VirtualServiceRemoved', virtualServiceId }) : refuse(refusal);
};
