import { refuse } from '@evenkeel/kernel';
import type { Decide } from '../decision.ts';
import { changeIntents } from '../rules/change-intents.ts';
import { notUp } from '../rules/not-up.ts';
import { broughtOnline } from '../rules/set-intent.ts';
import { unknownRealServer } from '../rules/unknown.ts';

/** Ends a drain or a halt. With `whenUp` only when its check passes, which goes on in drain and halt. */
export const bringRealServerOnline: Decide<'BringRealServerOnline'> = (cluster, wish, context) => {
  const realServer = cluster.realServers.get(wish.realServerId);
  if (realServer === undefined) return refuse(unknownRealServer(wish.realServerId));
  return changeIntents([realServer], broughtOnline, (returning) => notUp(returning, wish, context));
};
