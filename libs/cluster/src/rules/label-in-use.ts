import type { ClusterRefusal, VirtualServiceId, VirtualServiceSpec } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';

/** A scope has each service label once. `self` is the service that may keep its own. */
export const labelInUse = (
  cluster: Cluster,
  { label, scope }: VirtualServiceSpec,
  self?: VirtualServiceId,
): ClusterRefusal | undefined => {
  const holder = cluster.servicesBy.label
    .get(label)
    ?.find((id) => id !== self && cluster.virtualServices.get(id)?.spec.scope === scope);
  return holder === undefined ? undefined : { kind: 'label-in-use', label, within: `scope ${scope}` };
};
