import { changedServices, type Cluster, realServersOf } from '@evenkeel/cluster';
import type { RealServerState, VirtualServiceId } from '@evenkeel/contracts';

/**
 * Whether two states of a cluster surely want the same checks, which intents and weights never change: then `targetsOf`
 * need not read all of the newer one. A no may be wrong, a yes never.
 */
export const asksTheSame = (before: Cluster, after: Cluster): boolean => {
  const changed = changedServices(before, after);
  if (changed === undefined) return false;
  return [...changed].every((id) => isSameService(id, before, after));
};

const isSameService = (id: VirtualServiceId, before: Cluster, after: Cluster): boolean => {
  if (before.virtualServices.get(id)?.spec !== after.virtualServices.get(id)?.spec) return false;
  const [old, now] = [realServersOf(before, id), realServersOf(after, id)];
  return old.length === now.length && old.every((realServer, index) => isSamePlace(realServer, now[index]));
};

const isSamePlace = ({ id, spec }: RealServerState, other: RealServerState | undefined): boolean =>
  id === other?.id && spec.address === other.spec.address && spec.port === other.spec.port;
