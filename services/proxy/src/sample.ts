import type { Cluster } from '@evenkeel/cluster';
import type { Layer4Ability, NodeName, NodeSample } from '@evenkeel/contracts';
import { layer4Counts, layer7Counts } from '@evenkeel/data-plane';
import type { HaproxyDoor } from '@evenkeel/haproxy';
import type { Clock } from '@evenkeel/kernel';
import type { KernelNftables } from '@evenkeel/nftables';

/** Open connections on this node now. A layer that cannot be counted is left out. Throws what the doors throw. */
export const sampleOf = async (
  node: NodeName,
  cluster: Cluster,
  haproxy: HaproxyDoor,
  kernel: KernelNftables,
  ability: Layer4Ability,
  clock: Clock,
): Promise<NodeSample> => {
  const [connections, paths] = await Promise.all([
    haproxy.connections(),
    ability.state === 'able' ? kernel.connections() : undefined,
  ]);
  const counts = [layer7Counts(cluster, connections), ...(paths === undefined ? [] : [layer4Counts(cluster, paths)])];
  return {
    node,
    time: new Date(clock.nowMs()).toISOString(),
    services: counts.flatMap(({ services }) => services),
    realServers: counts.flatMap(({ realServers }) => realServers),
  };
};
