import type { ClusterRefusal } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';

export const unknownSecret = (cluster: Cluster, secret: string): ClusterRefusal => ({
  kind: 'unknown-secret',
  secret,
  known: [...knownSecrets(cluster)],
});

const knownSecrets = ({ secrets }: Cluster): readonly string[] => [...secrets.keys()].toSorted();
