import { describe, expect, it } from '@jest/globals';
import type { Mutation } from '../test/simulation/mutation.ts';
import { describeStory, shrunk, storyOf, tell } from '../test/simulation/simulate.ts';

const seeds = Number(process.env['EVENKEEL_SIM_SEEDS'] ?? 2_000);
const firstSeed = Number(process.env['EVENKEEL_SIM_SEED'] ?? Date.now() % 2 ** 31);
const perTest = 250;

describe(`whatever goes wrong (EVENKEEL_SIM_SEED=${firstSeed})`, () => {
  it.each(Array.from({ length: Math.ceil(seeds / perTest) }, (_, index) => firstSeed + index * perTest))(
    'never do two nodes serve, and in the end one does: seeds from %i',
    (from) => {
      let takeOvers = 0;
      for (let seed = from; seed < from + perTest; seed += 1) {
        const story = storyOf(seed);
        const told = tell(story);
        takeOvers += told.takeOvers;
        if (told.broken.length > 0) throw new Error(describeStory(shrunk(story)));
      }
      expect(takeOvers).toBeGreaterThan(perTest); // otherwise nothing was tried
    },
    120_000,
  );
});

describe('a rule of safety that is left out', () => {
  it.each<Mutation>(['no-dead-man', 'no-ticket', 'no-probe', 'no-gateway-vote', 'short-silence'])(
    'is missed: %s',
    (mutation) => {
      let seed = 1;
      while (seed < 2_000 && tell(storyOf(seed), mutation).broken.length === 0) seed += 1;
      expect(seed).toBeLessThan(2_000);
    },
    120_000,
  );
});
