import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { isReturnDue } from '../rules/absence.ts';
import { unknownRealServer } from '../rules/unknown.ts';

/** Brings a real server online whose order said until when. Its verdict decides as always whether it gets traffic. */
export const endAbsence: Decide<'EndAbsence'> = (cluster, { realServerId }, context) => {
  const realServer = cluster.realServers.get(realServerId);
  if (realServer === undefined) return refuse(unknownRealServer(realServerId));
  if (!isReturnDue(realServer, context.nowMs)) return decided(); // changed, or done by somebody faster
  return decided({ kind: 'RealServerBroughtOnline', realServerId });
};
