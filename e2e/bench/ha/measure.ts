import { setTimeout as rest } from 'node:timers/promises';
import type { Contender, Fault } from './contender.ts';

/** What clients see of one fault. */
export type Story = {
  /** Between two answers that the client got, at the most. */
  readonly gapMs: number;
  /** Questions that two machines answered, until all was whole again. */
  readonly twice: number;
  /** By how much the client itself was late at the most. */
  readonly lateMs: number;
};

const beforeMs = 100;
const afterMs = 500;
/** As long as the longest interval of anybody's heartbeats: so that the faults meet all moments of it. */
const phaseMs = 1_000;

/** Inflicts one fault, waits for the other node to answer the client, and puts everything right again. */
const story = async (contender: Contender, fault: Fault): Promise<Story> => {
  const { segment, traffic } = contender;
  await rest(Math.random() * phaseMs);
  await Promise.all([segment.seen(), traffic.seen()]);
  const twiceBefore = segment.twiceInAll;
  await rest(beforeMs);
  await contender.inflict(fault);
  const meanwhile = await traffic.reaches(contender.serving);
  await rest(afterMs);
  const after = await traffic.seen();
  await contender.recover(fault);
  await segment.seen();
  return {
    gapMs: Math.max(meanwhile.longestGapMs, after.longestGapMs),
    twice: segment.twiceInAll - twiceBefore,
    lateMs: Math.max(meanwhile.lateMs, after.lateMs),
  };
};

/** So many of each. */
export const stories = async (
  contender: Contender,
  faults: readonly Fault[],
  repetitions: number,
): Promise<ReadonlyMap<Fault, readonly Story[]>> => {
  const told = new Map<Fault, Story[]>();
  for (const fault of faults) {
    const those: Story[] = [];
    for (let turn = 0; turn < repetitions; turn += 1) those.push(await story(contender, fault));
    told.set(fault, those);
  }
  return told;
};
