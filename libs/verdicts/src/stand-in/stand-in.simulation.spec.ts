import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Condition, machines, SilenceWorld } from '../../test/silence-world.ts';

type Happening = (world: SilenceWorld) => void;

const machineTurns: fc.Arbitrary<Happening> = fc
  .tuple(fc.constantFrom(...machines), fc.constantFrom<Condition>('well', 'hung', 'dead'))
  .map(
    ([machine, condition]) =>
      (world) =>
        world.becomes(machine, condition),
  );
const checkerOrLinkTurns = fc.constantFrom<Happening>(
  (world) => world.startChecker(),
  (world) => world.stopChecker(),
  (world) => world.breakLink(),
  (world) => world.mendLink(),
);
const story = fc.array(fc.tuple(fc.oneof(machineTurns, checkerOrLinkTurns), fc.constantFrom(1, 3, 9, 15, 40)), {
  minLength: 5,
  maxLength: 25,
});

it('takes nobody out and brings nobody back without proof, whoever falls silent or dies, and gives back without a flap', async () => {
  let [silences, overruled] = [0, 0];
  await fc.assert(
    fc.asyncProperty(story, async (happenings) => {
      const world = new SilenceWorld();
      try {
        world.startChecker();
        await world.pass(20);
        for (const [happens, thenSeconds] of happenings) {
          happens(world);
          await world.pass(thenSeconds);
        }
        world.mendLink();
        world.startChecker();
        await world.pass(90);
        expect(world.faults).toEqual([]);
        expect(world.wronglyJudged()).toEqual([]);
        silences += world.silences;
        overruled += world.overruled;
      } finally {
        world.end();
      }
    }),
    { numRuns: 40 },
  );
  // Otherwise nothing was tried.
  expect(silences).toBeGreaterThan(20);
  expect(overruled).toBeGreaterThan(15);
}, 60_000);
