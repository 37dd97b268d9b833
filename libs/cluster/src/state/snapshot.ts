import type { ClusterSnapshot } from '@evenkeel/contracts';
import { type Cluster, emptyCluster } from './cluster.ts';
import { addRealServer } from './with-real-server.ts';
import { addService } from './with-service.ts';

/** The cluster as plain data, in the order of the numbers. */
export const toSnapshot = ({ revision, hash, nextNumber, virtualServices, realServers }: Cluster): ClusterSnapshot => ({
  format: 1,
  revision,
  hash,
  nextNumber,
  virtualServices: [...virtualServices.values()],
  realServers: [...realServers.values()].toSorted((a, b) => a.number - b.number),
});

/** The cluster that `toSnapshot` was given. Indexes are made anew, by the same steps that keep them up to date. */
export const fromSnapshot = (snapshot: ClusterSnapshot): Cluster => {
  const services = snapshot.virtualServices.reduce(addService, emptyCluster);
  const { revision, hash, nextNumber } = snapshot;
  return { ...snapshot.realServers.reduce(addRealServer, services), revision, hash, nextNumber };
};
