import type { ClusterRefusal, RealServerState } from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';

/** `whenUp` was asked, and the last verdict on some of them is not `up`. */
export const notUp = (
  realServers: readonly RealServerState[],
  { whenUp }: { readonly whenUp: boolean },
  { verdictOf }: DecisionContext,
): ClusterRefusal | undefined => {
  if (!whenUp) return undefined;
  const judged = realServers.map(({ id }) => ({ realServerId: id, verdict: verdictOf(id) }));
  const waiting = judged.filter(({ verdict }) => verdict !== 'up');
  return waiting.length === 0 ? undefined : { kind: 'not-up', realServers: waiting };
};
