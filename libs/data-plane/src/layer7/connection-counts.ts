import { type Cluster, realServersOf } from '@evenkeel/cluster';
import { type NodeSample } from '@evenkeel/contracts';
import { layer7ServicesOf } from './desired.ts';
import { type Connections } from './statistics.ts';
import { serverName, serviceName } from './names.ts';

/** Open connections of every service of layer 7 and of its real servers, for a node's sample; 0 where HAProxy knows none. */
export const layer7Counts = (
  cluster: Cluster,
  connections: Connections,
): Pick<NodeSample, 'services' | 'realServers'> => {
  const services = layer7ServicesOf(cluster);
  return {
    services: services.map(({ id, number }) => ({ id, connections: connections.get(serviceName(number)) ?? 0 })),
    realServers: services
      .flatMap(({ id }) => realServersOf(cluster, id))
      .map(({ id, number }) => ({ id, connections: connections.get(serverName(number)) ?? 0 })),
  };
};
