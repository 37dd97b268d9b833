import type { RealServerId, RealServerState } from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import type { Cluster } from './cluster.ts';
import { joined, left, moved } from './groups.ts';

// The cluster with one real server changed, and every index with it.

export const realServerIn = (cluster: Cluster, id: RealServerId): RealServerState => {
  const realServer = cluster.realServers.get(id);
  assert(realServer !== undefined, `no real server ${id}`);
  return realServer;
};

export const addRealServer = (cluster: Cluster, realServer: RealServerState): Cluster => ({
  ...cluster,
  nextNumber: Math.max(cluster.nextNumber, realServer.number + 1),
  realServers: cluster.realServers.set(realServer.id, realServer),
  members: cluster.members.set(realServer.virtualServiceId, withMember(cluster, realServer)),
  machines: joined(cluster.machines, realServer.spec.address, realServer.id),
});

export const replaceRealServer = (cluster: Cluster, before: RealServerState, after: RealServerState): Cluster => ({
  ...cluster,
  realServers: cluster.realServers.set(after.id, after),
  machines: moved(cluster.machines, after.id, before.spec.address, after.spec.address),
});

export const removeRealServer = (cluster: Cluster, realServer: RealServerState): Cluster => ({
  ...cluster,
  realServers: cluster.realServers.delete(realServer.id),
  members: cluster.members.set(
    realServer.virtualServiceId,
    membersOf(cluster, realServer).filter((id) => id !== realServer.id),
  ),
  machines: left(cluster.machines, realServer.spec.address, realServer.id),
});

/** One that comes again has its old number, so it goes back to its old place. */
const withMember = (cluster: Cluster, realServer: RealServerState): readonly RealServerId[] => {
  const present = membersOf(cluster, realServer);
  if (realServer.number >= cluster.nextNumber) return [...present, realServer.id];
  const place = present.findIndex((id) => realServerIn(cluster, id).number > realServer.number);
  return place === -1 ? [...present, realServer.id] : present.toSpliced(place, 0, realServer.id);
};

const membersOf = (cluster: Cluster, { virtualServiceId }: RealServerState): readonly RealServerId[] =>
  cluster.members.get(virtualServiceId) ?? [];
