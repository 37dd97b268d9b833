import { describeNeeding } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aloneShortly, shortFaults } from './all-faults.ts';
import { Chance } from './chance.ts';
import { type Outcome, runFault } from './run-fault.ts';
import { Stage } from './stage.ts';
import { asTable, broken, requestsOf } from './table.ts';

// Each fault once, in an order and with times that the seed gives; `npm run faults` does it for longer.

const seed = Number(process.env['EVENKEEL_FAULT_SEED'] ?? Date.now() % 2 ** 31);

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
  'wlmscpfs',
  'nmbd',
)(`with clients at work (EVENKEEL_FAULT_SEED=${seed})`, () => {
  const chance = new Chance(seed);
  const outcomes: Outcome[] = [];
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await Stage.open();
  }, 180_000);
  afterAll(async () => {
    await stage?.dispose();
    process.stdout.write(`\nSeed ${seed}\n\n${asTable(outcomes)}\n\n`);
  }, 60_000);

  it.each([...chance.shuffle(shortFaults), aloneShortly])(
    '$name: everything becomes well by itself, and what was promised is kept',
    async (fault) => {
      if (stage === undefined) throw new Error('nothing runs');
      const outcome = await runFault(stage, fault, chance);
      outcomes.push(outcome);
      expect(requestsOf(outcome).answered).toBeGreaterThan(0);
      expect(broken(outcome)).toEqual([]);
    },
    240_000,
  );
});
