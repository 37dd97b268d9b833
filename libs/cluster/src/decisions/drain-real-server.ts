import { refuse } from '@evenkeel/kernel';
import type { Decide } from '../decision.ts';
import { untilUnfit } from '../rules/absence.ts';
import { tooFewLeft } from '../rules/availability.ts';
import { changeIntents } from '../rules/change-intents.ts';
import { dated } from '../rules/drain-deadline.ts';
import { drained } from '../rules/set-intent.ts';
import { unknownRealServer } from '../rules/unknown.ts';

/** No new clients; those that persistence ties to it stay (`keep`) or are sent elsewhere too (`forget`). */
export const drainRealServer: Decide<'DrainRealServer'> = (cluster, wish, context) => {
  const realServer = cluster.realServers.get(wish.realServerId);
  if (realServer === undefined) return refuse(unknownRealServer(wish.realServerId));
  const unfit = untilUnfit(wish, context);
  if (unfit !== undefined) return refuse(unfit);
  const drain = dated(wish, context);
  return changeIntents(
    [realServer],
    (state) => drained(state, drain),
    (leaving) => tooFewLeft(cluster, leaving, wish, context),
  );
};
