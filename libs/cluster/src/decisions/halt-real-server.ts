import { refuse } from '@evenkeel/kernel';
import type { Decide } from '../decision.ts';
import { untilUnfit } from '../rules/absence.ts';
import { tooFewLeft } from '../rules/availability.ts';
import { changeIntents } from '../rules/change-intents.ts';
import { halted } from '../rules/set-intent.ts';
import { unknownRealServer } from '../rules/unknown.ts';

/** No new clients at all; open connections are shut (`close`) or may end by themselves (`finish`). */
export const haltRealServer: Decide<'HaltRealServer'> = (cluster, wish, context) => {
  const realServer = cluster.realServers.get(wish.realServerId);
  if (realServer === undefined) return refuse(unknownRealServer(wish.realServerId));
  const unfit = untilUnfit(wish, context);
  if (unfit !== undefined) return refuse(unfit);
  return changeIntents(
    [realServer],
    (state) => halted(state, wish),
    (leaving) => tooFewLeft(cluster, leaving, wish, context),
  );
};
