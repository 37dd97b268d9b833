import { availableParallelism } from 'node:os';
import { setTimeout as rest } from 'node:timers/promises';
import { thisMachine } from '@evenkeel/testing/lab';
import type { Contender } from './contender.ts';

const lookEveryMs = 1_000;

/** What the witness saw while every processor had more to do than it can. */
export type Busy = {
  readonly programs: number;
  readonly moves: number;
  readonly twice: number;
  readonly muteMs: number;
};

/** Two programs for each processor do nothing but count, for so long. Nothing is wrong, so nobody should take over. */
export const whileBusy = async ({ segment, serving }: Contender, minutes: number): Promise<Busy> => {
  const programs = 2 * availableParallelism();
  const hogs = Array.from({ length: programs }, () => thisMachine.spawn('sh', ['-c', 'while :; do :; done']));
  try {
    await segment.seen();
    let [moves, muteMs, by] = [0, 0, serving];
    const twiceBefore = segment.twiceInAll;
    for (const until = performance.now() + minutes * 60_000; performance.now() < until;) {
      await rest(lookEveryMs);
      const { answered, longestGapMs } = await segment.seen();
      muteMs = Math.max(muteMs, longestGapMs);
      for (const side of answered) [moves, by] = [side === by ? moves : moves + 1, side];
    }
    return { programs, moves, twice: segment.twiceInAll - twiceBefore, muteMs };
  } finally {
    for (const hog of hogs) hog.kill();
  }
};
