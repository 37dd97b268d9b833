import { aRealServer, realServerId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exactWeights, type Warming, wholeWeights } from './warming.ts';

const servers = (weights: readonly number[]) =>
  weights.map((weight, index) => aRealServer({ number: index + 1, spec: { weight } }));
const warming = (percents: Readonly<Record<number, number>>): Warming =>
  new Map(Object.entries(percents).map(([number, percent]) => [realServerId(Number(number)), percent]));

const whole = (weights: readonly number[], percents: Readonly<Record<number, number>>) =>
  servers(weights).map(wholeWeights(servers(weights), warming(percents)));
const exact = (weights: readonly number[], percents: Readonly<Record<number, number>>) =>
  servers(weights).map(exactWeights(servers(weights), warming(percents)));

describe('weights in whole numbers', () => {
  it.each([
    ['are as configured when nobody warms', [100, 1, 0], {}, [100, 1, 0]],
    ['are smaller for one that warms', [100, 100], { 2: 40 }, [100, 40]],
    ['are all multiplied where a tenth could not be told', [1, 1, 1], { 3: 30 }, [10, 10, 3]],
    ['are multiplied as far as the heaviest allows', [100, 1], { 2: 10 }, [200, 1]],
    ['stay 0, whoever warms', [10, 0, 10], { 2: 10, 3: 10 }, [10, 0, 1]],
    ['do not mind who warms in another service', [1, 1], { 7: 10 }, [1, 1]],
  ])('%s', (_what, weights, percents, expected) => {
    expect(whole(weights, percents)).toEqual(expected);
  });

  it('are always from 0 to 256, 0 only for whoever has none, and never more than warm', () => {
    const weight = fc.integer({ min: 0, max: 256 });
    const percent = fc.constantFrom(10, 20, 30, 40, 50, 60, 70, 80, 90);
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 6 }), percent, (weights, share) => {
        const [now, warm] = [whole(weights, { 1: share }), whole(weights, { 1: 100 })];
        now.forEach((one, index) => {
          expect(one).toBeGreaterThanOrEqual(weights[index] === 0 ? 0 : 1);
          expect(one).toBeLessThanOrEqual(weights[index] === 0 ? 0 : 256);
        });
        expect(now[0]).toBeLessThanOrEqual(warm[0] ?? 0);
      }),
    );
  });
});

describe('weights where only proportions count', () => {
  it.each([
    ['are as configured when nobody warms', [100, 1], {}, [100, 1]],
    ['are exact, whatever the weights', [1, 1, 7], { 2: 30 }, [100, 30, 700]],
  ])('%s', (_what, weights, percents, expected) => {
    expect(exact(weights, percents)).toEqual(expected);
  });
});
