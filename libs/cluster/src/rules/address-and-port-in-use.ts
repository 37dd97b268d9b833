import type { ClusterRefusal, VirtualServiceId, VirtualServiceSpec } from '@evenkeel/contracts';
import { type Cluster } from '../state/cluster.ts';
import { endpointKey, endpointsOf } from '../state/endpoints.ts';
import { serviceIn } from '../state/with-service.ts';

/** An address, port and transport has one service, enabled or not. `self` is the service that may keep its own. */
export const addressAndPortInUse = (
  cluster: Cluster,
  spec: VirtualServiceSpec,
  self?: VirtualServiceId,
): ClusterRefusal | undefined => {
  for (const endpoint of endpointsOf(spec)) {
    const holder = cluster.endpoints.get(endpointKey(endpoint));
    if (holder === undefined || holder === self) continue;
    const { label } = serviceIn(cluster, holder).spec;
    return {
      kind: 'address-and-port-in-use',
      ...endpoint,
      holder: { virtualServiceId: holder, label },
      inherited: false,
    };
  }
  return undefined;
};
