import type { ClusterEvent, RealServerId, RealServerState } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';
import { realServerIn } from '../state/with-real-server.ts';
import { drainStarted, haltedNow } from './set-intent.ts';

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
  const intent = sharedIntent(cluster, address)?.intent;
  if (intent?.intent === 'drain') return [drainStarted(realServerId, intent)];
  if (intent?.intent === 'halt') return [haltedNow(realServerId, intent)];
  return [];
};

/** Ends at the first one that is online, which is usually the very first: a machine may be in thousands of services. */
const sharedIntent = (cluster: Cluster, address: string): RealServerState | undefined => {
  let latest: RealServerState | undefined;
  for (const id of cluster.machines.get(address) ?? []) {
    const other = realServerIn(cluster, id);
    const isShared = latest === undefined || other.intent.intent === latest.intent.intent;
    if (other.intent.intent === 'online' || !isShared) return undefined;
    latest = latest === undefined || isLater(other, latest) ? other : latest;
  }
  return latest;
};

/** The members of a machine have no order of their own, so a tie is broken by number: every process decides the same. */
const isLater = (a: RealServerState, b: RealServerState): boolean =>
  a.intentSince === b.intentSince ? a.number > b.number : a.intentSince > b.intentSince;
