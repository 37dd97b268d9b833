import type { ClusterEvent, RealServerId } from '@evenkeel/contracts';
import { type Cluster, machineAt } from '../state/cluster.ts';

/**
 * A new real server on a machine whose others all share a drain or a halt starts with that intent: somebody works on
 * the machine. Where they drain or halt in different ways, the way that was chosen last counts. The event follows
 * `RealServerAdded` in the same commit, so that the answer and the book say so.
 */
export const startingIntent = (
  cluster: Cluster,
  realServerId: RealServerId,
  address: string,
): readonly ClusterEvent[] => {
  const others = machineAt(cluster, address);
  const latest = others.toSorted((a, b) => (a.intentSince < b.intentSince ? -1 : 1)).at(-1)?.intent;
  if (latest === undefined || others.some(({ intent }) => intent.intent !== latest.intent)) return [];
  if (latest.intent === 'drain') return [{ kind: 'RealServerDrainStarted', realServerId, clients: latest.clients }];
  if (latest.intent === 'halt') return [{ kind: 'RealServerHalted', realServerId, connections: latest.connections }];
  return [];
};
