import { setTimeout as rest } from 'node:timers/promises';

/** The value below which the share `q` of all lies (nearest rank). */
export const quantile = (numbers: readonly number[], q: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * q))] ?? NaN;

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** Does something so many times, one after the other, with a pause before each. Milliseconds of each. */
export const timesOf = async (
  count: number,
  deed: (turn: number) => Promise<unknown>,
  pauseMs = 0,
): Promise<number[]> => {
  const times: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    if (pauseMs > 0) await rest(pauseMs);
    const startMs = performance.now();
    await deed(turn);
    times.push(performance.now() - startMs);
  }
  return times;
};

/** `pauseMs`: before each deed, for those that leave something to tidy up. */
export type Turns = { readonly blocks: number; readonly perBlock: number; readonly pauseMs?: number };

/**
 * Several deeds in turns, block by block, so that a neighbour's noise meets all of them. The first block of each warms up
 * and is not counted. Milliseconds by deed.
 */
export const inTurns = async <Name extends string>(
  { blocks, perBlock, pauseMs = 0 }: Turns,
  deeds: Readonly<Record<Name, (turn: number) => Promise<unknown>>>,
): Promise<Readonly<Record<Name, number[]>>> => {
  const names = Object.keys(deeds) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let block = -1; block < blocks; block += 1) {
    for (const name of names) {
      const taken = await timesOf(perBlock, (turn) => deeds[name]((block + 1) * perBlock + turn), pauseMs);
      if (block >= 0) times[name].push(...taken);
    }
  }
  return times;
};

/** Measures several things in turns, each round in another order. The first round warms up and is not counted. */
export const ratesInTurns = async <Name extends string>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Readonly<Record<Name, number[]>>> => {
  const names = Object.keys(measures) as Name[];
  const rates = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const rate = await measures[name]();
      if (round >= 0) rates[name].push(rate);
    }
  }
  return rates;
};
