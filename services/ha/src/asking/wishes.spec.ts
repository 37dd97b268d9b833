import { type HaAnswer, type HaMaintenance, type HaQuestion, type HaWish, NodeName } from '@evenkeel/contracts';
import { beginning, type ElectionEvent, type Heartbeat, profiles } from '@evenkeel/election';
import { beforeEach, expect, it } from '@jest/globals';
import { Wishes } from './wishes.ts';

const times = profiles.safe;
const [node, peer] = [NodeName.parse('lb-a'), NodeName.parse('lb-b')];
const settings = { node, rank: 1, boot: 1, others: [{ node: peer, rank: 2 }], pingNodes: [], times };
const heartbeat = (role: Heartbeat['role'], sequence: number): Heartbeat => ({
  ...{ node: peer, boot: 1, sequence, role, epoch: 4, rank: 2, hasGateway: false, canServe: true },
  ...{ selfMs: times.selfMs, echo: undefined, grants: false, calls: 'no', isLast: false },
});

let now: number;
let given: ElectionEvent[];
let kept: HaMaintenance | undefined;
let keep: (maintenance: HaMaintenance | undefined) => Promise<void>;
let isDiskFull: boolean;
let givenBeforeDisk: number;
let failures: unknown[];
let answers: HaAnswer[];
let wishes: Wishes;
const state = () => ({
  ...beginning({ ...settings, failbackAfterMs: undefined }, 0, 0),
  inMaintenance: kept !== undefined,
});
beforeEach(() => {
  now = times.initMs;
  given = [];
  kept = undefined;
  isDiskFull = false;
  failures = [];
  answers = [];
  keep = (maintenance) => {
    givenBeforeDisk = given.length;
    if (isDiskFull) return Promise.reject(new Error('no space left'));
    kept = maintenance;
    return Promise.resolve();
  };
  wishes = new Wishes({
    agent: {
      get state() {
        return state();
      },
      give: (event) => void given.push(event),
    },
    note: {
      get current() {
        return kept;
      },
      keep: (maintenance) => keep(maintenance),
    },
    onFailure: (failure) => failures.push(failure),
    now: () => now,
    nowMs: () => Date.parse('2026-11-27T03:00:00.000Z'),
  });
});

const ask = async (wish: HaWish, more: Partial<HaQuestion> = {}): Promise<void> => {
  const actor = { name: 'anna', kind: 'token', authenticatedBy: 'spec' } as const;
  wishes.ask({ group: 'addresses', wish, dryRun: false, actor, ...more }, (answer) => answers.push(answer));
  await new Promise(setImmediate); // what is written is written
};
const makeActive: HaWish = { kind: 'make-active' };
const maintenance: HaWish = { kind: 'maintenance', isOn: true };

it('answers when the addresses are here, with how long that took and how long nobody can have answered', async () => {
  wishes.hear(heartbeat('active', 1));
  await ask(makeActive);
  expect(given).toEqual([{ kind: 'make-active', force: false }]);
  expect(answers).toEqual([]);
  now += 30;
  wishes.hear(heartbeat('active', 2));
  now += 12;
  wishes.hear(heartbeat('standby', 3));
  wishes.took();
  wishes.took();
  expect(answers).toEqual([expect.objectContaining({ kind: 'done', changed: true, handover: expect.anything() })]);
  expect(answers[0]).toMatchObject({ handover: { tookMs: 42 } });
});

it('says within a bounded time that it did not come about, and why', async () => {
  await ask(makeActive);
  now += 4 * times.deadMs;
  wishes.look();
  expect(answers).toEqual([]);
  now += 100;
  wishes.look();
  wishes.took();
  expect(answers).toEqual([
    {
      kind: 'not-in-time',
      waitedMs: 2_100,
      why: expect.stringContaining('lb-b is not heard, and no gateway answers here'),
    },
  ]);
});

it('does nothing in a dry run, and says what it would', async () => {
  await ask(makeActive, { dryRun: true });
  await ask(maintenance, { dryRun: true });
  expect(answers).toMatchObject([
    { kind: 'done', changed: true },
    { kind: 'done', changed: true },
  ]);
  expect([given, kept]).toEqual([[], undefined]);
});

it('keeps maintenance on disk, with who and why, and says in a refusal whose it is', async () => {
  await ask(maintenance, { reason: 'new memory' });
  expect(kept).toEqual({ since: '2026-11-27T03:00:00.000Z', by: 'anna', reason: 'new memory' });
  expect(given).toEqual([{ kind: 'maintenance', isOn: true }]);
  expect(givenBeforeDisk).toBe(0);
  await ask(makeActive);
  expect(answers.at(-1)).toEqual({ kind: 'refused', refusal: { kind: 'in-maintenance', maintenance: kept } });
});

it('does nothing that it cannot keep, and says so', async () => {
  isDiskFull = true;
  await ask(maintenance);
  expect(answers).toMatchObject([{ kind: 'refused', refusal: { kind: 'not-able' } }]);
  expect(given).toEqual([]);
  expect(failures).toHaveLength(1);
});

it('takes away what a refused note may have left on disk, although nothing changes', async () => {
  let isThere = true;
  keep = (maintenance) => {
    isThere = maintenance !== undefined;
    return Promise.resolve();
  };
  await ask({ kind: 'maintenance', isOn: false }, { dryRun: true });
  expect(isThere).toBe(true);
  await ask({ kind: 'maintenance', isOn: false });
  expect(answers.at(-1)).toMatchObject({ kind: 'done', changed: false });
  expect([isThere, given]).toEqual([false, []]);
});

it('answers a dry run while the disk hangs', async () => {
  keep = () => new Promise(() => undefined);
  await ask(maintenance);
  await ask(maintenance, { dryRun: true });
  expect(answers).toMatchObject([{ kind: 'done', changed: true }]);
});

it('changes nothing when it is so already', async () => {
  await ask({ kind: 'maintenance', isOn: false });
  expect(answers).toMatchObject([{ kind: 'done', changed: false }]);
  expect(given).toEqual([]);
});

it('is in maintenance again after a restart', () => {
  wishes.resume();
  expect(given).toEqual([]);
  kept = { since: '2026-11-27T03:00:00.000Z', by: 'anna' };
  wishes.resume();
  expect(given).toEqual([{ kind: 'maintenance', isOn: true }]);
});
