import { unmetNeeds } from '@evenkeel/testing/lab';
import type { BenchRow } from './bench-row.ts';
import { whileBusy } from './ha/busy.ts';
import { type Contender, type Fault, faults } from './ha/contender.ts';
import { EvenkeelPair } from './ha/evenkeel-pair.ts';
import { KeepalivedPair } from './ha/keepalived-pair.ts';
import { stories } from './ha/measure.ts';
import { type Goal, rowsOf, type Told } from './ha/rows.ts';

export type HaOptions = {
  /** Of each fault. */
  readonly repetitions: number;
  /** How long four programs keep two processors busy; 0: not at all. */
  readonly busyMinutes: number;
};

const below = (limitMs: number, ratioMost?: number): Goal => ({
  worst: `below ${limitMs} ms`,
  isMet: (worstMs) => worstMs < limitMs,
  ...(ratioMost === undefined ? {} : { ratioMost }),
});
const atMost = (limitMs: number): Goal => ({
  worst: `at most ${limitMs} ms`,
  isMet: (worstMs) => worstMs <= limitMs,
});

const goalsOfSafe: Record<Fault, Goal> = {
  'link cut': below(600, 0.2),
  'power loss': below(600, 0.2),
  'agent killed': below(300),
  'agent frozen': below(300),
  'planned handover': below(50),
};
const goalsOfFast = { 'link cut': atMost(250), 'planned handover': atMost(30) } as const;

/** How long a client that asks an address every 5 ms gets no answer when the node that serves it is put out of action. */
export const run = async ({ repetitions, busyMinutes }: HaOptions): Promise<BenchRow[]> => {
  const unmet = unmetNeeds('root', 'ip', 'nft', 'keepalived');
  if (unmet.length > 0) {
    console.log(`SKIPPED ha: ${unmet.join('; ')}`);
    return [];
  }
  const all = (pair: Contender): Promise<Told> => stories(pair, faults, repetitions);
  const keepalived = await withPair(() => KeepalivedPair.start(), all);
  const safe = await withPair(() => EvenkeelPair.start('safe'), all);
  const [fast, busy] = await withPair(
    () => EvenkeelPair.start('fast'),
    async (pair) => {
      if (!pair.isRealtime) console.log('The profile fast is measured without the realtime scheduling that it needs.');
      const told = await stories(pair, ['link cut', 'planned handover'], repetitions);
      return [told, busyMinutes > 0 ? await busyRows(pair, busyMinutes) : []] as const;
    },
  );
  return [
    ...rowsOf('safe', safe, keepalived, goalsOfSafe),
    ...rowsOf('fast', fast, keepalived, goalsOfFast),
    ...busy,
    lateRow([keepalived, safe, fast]),
  ];
};

const withPair = async <Pair extends Contender, Result>(
  start: () => Promise<Pair>,
  use: (pair: Pair) => Promise<Result>,
): Promise<Result> => {
  const pair = await start();
  try {
    return await use(pair);
  } finally {
    await pair.dispose();
  }
};

const busyRows = async (pair: Contender, minutes: number): Promise<BenchRow[]> => {
  const { programs, moves, twice, muteMs } = await whileBusy(pair, minutes);
  const name = `fast, ${programs} busy programs for ${minutes} min`;
  return [
    { name: `${name}: take-overs`, value: moves, unit: 'times', target: 'none', met: moves === 0 },
    { name: `${name}: two machines answered`, value: twice, unit: 'times', target: 'never', met: twice === 0 },
    { name: `${name}: longest time without an answer`, value: muteMs, unit: 'ms' },
  ];
};

/** A gap cannot be known better than this. */
const lateRow = (all: readonly Told[]): BenchRow => {
  const late = all.flatMap((told) => [...told.values()].flat()).map(({ lateMs }) => lateMs);
  return { name: 'floor: the client itself was late, at most', value: Math.max(...late), unit: 'ms' };
};
