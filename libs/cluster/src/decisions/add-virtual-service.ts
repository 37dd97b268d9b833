import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { newServiceRefused, serviceAdded } from '../rules/new-service.ts';

/** A new service, enabled, with its real servers. */
export const addVirtualService: Decide<'AddVirtualService'> = (cluster, { service, realServers }, context) => {
  const refusal = newServiceRefused(cluster, service, realServers, context);
  if (refusal !== undefined) return refuse(refusal);
  return decided(...serviceAdded(cluster, service, realServers, context));
};
