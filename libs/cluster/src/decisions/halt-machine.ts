import { refuse } from '@evenkeel/kernel';
import type { Decide } from '../decision.ts';
import { untilUnfit } from '../rules/absence.ts';
import { tooFewLeft } from '../rules/availability.ts';
import { changeIntents } from '../rules/change-intents.ts';
import { halted } from '../rules/set-intent.ts';
import { unknownMachine } from '../rules/unknown.ts';
import { machineAt } from '../state/cluster.ts';

/** Halts every real server at one address, across services and layers: all of them, or none with each service that is in the way. */
export const haltMachine: Decide<'HaltMachine'> = (cluster, wish, context) => {
  const members = machineAt(cluster, wish.address);
  if (members.length === 0) return refuse(unknownMachine(cluster, wish.address));
  const unfit = untilUnfit(wish, context);
  if (unfit !== undefined) return refuse(unfit);
  return changeIntents(
    members,
    (state) => halted(state, wish),
    (leaving) => tooFewLeft(cluster, leaving, wish, context),
  );
};
