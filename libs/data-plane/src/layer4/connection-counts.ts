import { type Cluster, realServersOf } from '@evenkeel/cluster';
import { type NodeSample } from '@evenkeel/contracts';
import { type UsedPath } from './connection-path.ts';
import { layer4ServicesOf } from './desired.ts';

/** Open connections of every enabled service of layer 4 and of its real servers, for a node's sample. */
export const layer4Counts = (
  cluster: Cluster,
  used: readonly UsedPath[],
): Pick<NodeSample, 'services' | 'realServers'> => {
  const counts = new Map<number, number>();
  for (const { server, connections } of used) counts.set(server, (counts.get(server) ?? 0) + connections);
  const services = layer4ServicesOf(cluster).map(({ id }) => ({
    id,
    realServers: realServersOf(cluster, id).map((realServer) => ({
      id: realServer.id,
      connections: counts.get(realServer.number) ?? 0,
    })),
  }));
  return {
    services: services.map(({ id, realServers }) => ({
      id,
      connections: realServers.reduce((sum, { connections }) => sum + connections, 0),
    })),
    realServers: services.flatMap(({ realServers }) => realServers),
  };
};
