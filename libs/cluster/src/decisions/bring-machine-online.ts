import { refuse } from '@evenkeel/kernel';
import type { Decide } from '../decision.ts';
import { changeIntents } from '../rules/change-intents.ts';
import { notUp } from '../rules/not-up.ts';
import { broughtOnline } from '../rules/set-intent.ts';
import { unknownMachine } from '../rules/unknown.ts';
import { machineAt } from '../state/cluster.ts';

/** Ends every drain and halt at one address. With `whenUp` only when all that would return are up. */
export const bringMachineOnline: Decide<'BringMachineOnline'> = (cluster, wish, context) => {
  const members = machineAt(cluster, wish.address);
  if (members.length === 0) return refuse(unknownMachine(cluster, wish.address));
  return changeIntents(members, broughtOnline, (returning) => notUp(returning, wish, context));
};
