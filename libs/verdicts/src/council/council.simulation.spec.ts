import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CheckersWorld, machines, names } from '../../test/checkers-world.ts';

type Happening = (world: CheckersWorld) => void;

const machineTurns: fc.Arbitrary<Happening> = fc
  .tuple(fc.constantFrom(...machines), fc.constantFrom('alive', 'dead'))
  .map(
    ([machine, is]) =>
      (world) =>
        world.becomes(machine, is),
  );
const name = fc.constantFrom(...names);
const wrongByMs = fc.constantFrom(0, 0, -3_600_000, 3_600_000, 86_400_000);
const comingAndGoing: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(name, wrongByMs).map(
    ([who, wrong]) =>
      (world: CheckersWorld) =>
        world.start(who, wrong),
  ),
  fc.tuple(name, fc.constantFrom('killed', 'told')).map(
    ([who, how]) =>
      (world: CheckersWorld) =>
        world.stop(who, how),
  ),
);
const misfortune = (...kinds: ('isAsleep' | 'isCutOff' | 'isBlind')[]): fc.Arbitrary<Happening> =>
  fc.tuple(name, fc.boolean(), fc.constantFrom(...kinds)).map(
    ([who, is, what]) =>
      (world) =>
        world.change(who, { [what]: is }),
  );
const storyWith = (misfortunes: fc.Arbitrary<Happening>) =>
  fc.array(fc.tuple(fc.oneof(machineTurns, comingAndGoing, misfortunes), fc.constantFrom(0, 1, 2, 4, 9, 20, 45)), {
    minLength: 6,
    maxLength: 16,
  });

/** Sixty take minutes, and were tried. */
const stories = 12;

it.each([
  { votersMax: 3, misfortunes: misfortune('isAsleep', 'isCutOff', 'isBlind') },
  // One that asks alone and sees nothing is believed: there is nobody to contradict it.
  { votersMax: 1, misfortunes: misfortune('isAsleep', 'isCutOff') },
])(
  'takes out the dead and nobody else, whatever happens to checkers of which $votersMax ask the same',
  async ({ votersMax, misfortunes }) => {
    let [changes, splits] = [0, 0];
    await fc.assert(
      fc.asyncProperty(storyWith(misfortunes), async (happenings) => {
        const world = new CheckersWorld(votersMax);
        try {
          for (const who of names.slice(0, 3)) world.start(who);
          await world.pass(20);
          for (const [happens, thenSeconds] of happenings) {
            happens(world);
            await world.pass(thenSeconds);
          }
          world.healAll();
          world.start('health-1');
          await world.pass(60);
          expect(world.faults).toEqual([]);
          expect(world.wronglyJudged()).toEqual([]);
          changes += world.changes;
          splits += world.splits;
        } finally {
          world.end();
        }
      }),
      { numRuns: stories },
    );
    // Otherwise nothing was tried.
    expect(changes).toBeGreaterThan(stories / 2);
    if (votersMax > 1) expect(splits).toBeGreaterThan(stories / 2);
  },
  30_000 + 10_000 * stories,
);
