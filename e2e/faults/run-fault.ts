import { setTimeout as rest } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Fault } from './fault.ts';
import { forgottenOf } from './forgotten.ts';
import type { Written } from './scribe.ts';
import type { Stage } from './stage.ts';
import type { Accounts } from './traffic/traffic.ts';

export type Outcome = {
  readonly fault: Fault;
  readonly traffic: Accounts;
  readonly written: Written;
  /** Acknowledged wishes that the book does not hold as they were acknowledged, in words. */
  readonly forgotten: readonly string[];
  /** From the end of the fault until all was well. */
  readonly wellAfterMs: number;
  readonly notes: readonly string[];
};

/** Clients have so long before and after, and what is lost in it counts as well. */
const aroundMs = 300;

/** One fault with everything accounted for. Throws when the stage does not become well again. */
export const runFault = async (stage: Stage, fault: Fault, chance: Chance): Promise<Outcome> => {
  await stage.traffic.take();
  stage.scribe.take();
  await rest(aroundMs);
  const notes = (await fault.inflict(stage, chance)) ?? [];
  const endedAtMs = performance.now();
  await stage.settled();
  const wellAfterMs = performance.now() - endedAtMs;
  await rest(aroundMs);
  const [traffic, written] = [await stage.traffic.take(), stage.scribe.take()];
  const forgotten = await forgottenOf(stage.api, written.acknowledged);
  return { fault, traffic, written, forgotten, wellAfterMs, notes };
};
