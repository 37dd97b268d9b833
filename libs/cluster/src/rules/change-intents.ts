import type { ClusterEvent, ClusterRefusal, RealServerState } from '@evenkeel/contracts';
import { refuse } from '@evenkeel/kernel';
import { type Decided, decided } from '../decision.ts';

/**
 * Gives each real server a new intent, all of them or none. `refusalOf` judges those that would change: one that has
 * the intent already is no reason to refuse.
 */
export const changeIntents = (
  realServers: readonly RealServerState[],
  factOf: (realServer: RealServerState) => ClusterEvent | undefined,
  refusalOf: (changing: readonly RealServerState[]) => ClusterRefusal | undefined,
): Decided => {
  const facts = realServers.flatMap((realServer) => {
    const fact = factOf(realServer);
    return fact === undefined ? [] : { realServer, fact };
  });
  const refusal = refusalOf(facts.map(({ realServer }) => realServer));
  return refusal === undefined ? decided(...facts.map(({ fact }) => fact)) : refuse(refusal);
};
