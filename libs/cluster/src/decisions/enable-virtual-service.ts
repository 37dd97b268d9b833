import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { unknownVirtualService } from '../rules/unknown.ts';

/** A disabled service kept its address, ports and label, so nothing can be in the way. */
export const enableVirtualService: Decide<'EnableVirtualService'> = (cluster, { virtualServiceId }) => {
  const service = cluster.virtualServices.get(virtualServiceId);
  if (service === undefined) return refuse(unknownVirtualService(virtualServiceId));
  return service.enabled ? decided() : decided({ kind: 'VirtualServiceEnabled', virtualServiceId });
};
