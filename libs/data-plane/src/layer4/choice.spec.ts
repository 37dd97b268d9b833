import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Choice, randomChoice, turnChoice } from './choice.ts';

const weights = fc
  .array(fc.integer({ min: 0, max: 256 }), { minLength: 1, maxLength: 64 })
  .filter((list) => list.some((weight) => weight > 0));

/** The share of the draws that each weight gets. */
const sharesOf = ({ mod, slots }: Choice, count: number): number[] =>
  Array.from({ length: count }, (_, wanted) =>
    slots.filter(({ index }) => index === wanted).reduce((sum, { from, to }) => sum + (to - from + 1) / mod, 0),
  );

describe.each([
  ['a random choice', randomChoice],
  ['a choice by turns', turnChoice],
])('%s', (_, choose) => {
  it('gives everyone the share of its weight, within 1 %', () => {
    fc.assert(
      fc.property(weights, (list) => {
        const total = list.reduce((sum, weight) => sum + weight, 0);
        const shares = sharesOf(choose(list), list.length);
        return list.every((weight, index) => Math.abs((shares[index] ?? 0) - weight / total) <= 0.01);
      }),
    );
  });

  it('gives each number of the draw to exactly one, and none to a weight of 0', () => {
    fc.assert(
      fc.property(weights, (list) => {
        const { mod, slots } = choose(list);
        const ends = slots.map(({ to }) => to);
        expect(slots.map(({ from }) => from)).toEqual([0, ...ends.slice(0, -1).map((to) => to + 1)]);
        expect(ends.at(-1)).toBe(mod - 1);
        expect(slots.every(({ index }) => (list[index] ?? 0) > 0)).toBe(true);
      }),
    );
  });

  it('leaves nobody out who has a weight', () => {
    fc.assert(
      fc.property(weights, (list) => {
        const served = new Set(choose(list).slots.map(({ index }) => index));
        expect(served.size).toBe(list.filter((weight) => weight > 0).length);
      }),
    );
  });
});

describe('a random choice', () => {
  it('needs one range for each server, whatever the weights', () => {
    expect(randomChoice([100, 0, 200])).toEqual({
      mod: 3,
      slots: [
        { from: 0, to: 0, index: 0 },
        { from: 1, to: 2, index: 2 },
      ],
    });
  });
});

describe('a choice by turns', () => {
  const order = (list: readonly number[]): string =>
    turnChoice(list)
      .slots.map(({ index }) => 'abc'[index])
      .join('');

  it('interleaves the servers', () => {
    expect(order([100, 100, 100])).toBe('abc');
    expect(order([5, 1, 1])).toBe('aabacaa');
    expect(order([200, 100, 0])).toBe('aba');
  });

  it('stays short enough for one rule', () => {
    fc.assert(fc.property(weights, (list) => turnChoice(list).mod <= 1_024 + list.length));
  });
});
