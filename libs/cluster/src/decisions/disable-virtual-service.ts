import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { unknownVirtualService } from '../rules/unknown.ts';

/** The service stops listening and keeps everything else, its address and ports included. */
export const disableVirtualService: Decide<'DisableVirtualService'> = (cluster, { virtualServiceId }) => {
  const service = cluster.virtualServices.get(virtualServiceId);
  if (service === undefined) return refuse(unknownVirtualService(virtualServiceId));
  return service.enabled ? decided({ kind: 'VirtualServiceDisabled', virtualServiceId }) : decided();
};
