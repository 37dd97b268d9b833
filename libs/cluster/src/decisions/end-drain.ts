import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { nobodyAvailable } from '../rules/availability.ts';
import { returnOf } from '../rules/absence.ts';
import { isOverdue } from '../rules/drain-deadline.ts';
import { haltedNow } from '../rules/set-intent.ts';
import { unknownRealServer } from '../rules/unknown.ts';

/**
 * Halts a real server whose drain has come to its deadline. Refused while nobody else of its service is available: it may
 * be the last one that serves anybody. No force passes that: the operator can halt it.
 */
export const endDrain: Decide<'EndDrain'> = (cluster, { realServerId }, context) => {
  const realServer = cluster.realServers.get(realServerId);
  if (realServer === undefined) return refuse(unknownRealServer(realServerId));
  if (!isOverdue(realServer, context.nowMs)) return decided(); // ended, changed or done by somebody faster
  const refusal = nobodyAvailable(cluster, realServer, context);
  const until = returnOf(realServer);
  return refusal === undefined ? decided(haltedNow(realServerId, { connections: 'close', until })) : refuse(refusal);
};
