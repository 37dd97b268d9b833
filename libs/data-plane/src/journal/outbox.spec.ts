import { type JournalNews, JournalRecord, NodeName, type Revision } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import { JournalOutbox } from './outbox.ts';

const news = (revision: number): JournalNews => ({
  kind: 'rejected',
  sentence: `HAProxy refused revision ${revision}`,
  entities: [],
  engine: 'haproxy',
  revision: revision as Revision,
  words: 'no',
});

let clock: ManualClock;
let outbox: JournalOutbox;
let lost: number;
let kept: JournalRecord[];
const store = {
  append: (record: JournalRecord): Promise<void> => {
    kept.push(JournalRecord.parse(record));
    return Promise.resolve();
  },
};
beforeEach(() => {
  clock = new ManualClock();
  lost = 0;
  kept = [];
  outbox = new JournalOutbox({ node: NodeName.parse('lb-a'), run: 'r1' }, clock, (count) => (lost += count));
});

const revisionsOf = (records: readonly JournalRecord[]) =>
  records.map((record) => (record.kind === 'rejected' ? record.revision : record.kind));

it('sends in order, each record with its own time and its own id', async () => {
  outbox.note(news(1));
  await clock.advance(60_000);
  outbox.note(news(2));
  await outbox.sendAll(store);
  expect(kept).toMatchObject([
    { node: 'lb-a', id: 'lb-a:r1:1', time: '2026-03-01T08:00:00.000Z', revision: 1 },
    { node: 'lb-a', id: 'lb-a:r1:2', time: '2026-03-01T08:01:00.000Z', revision: 2 },
  ]);
  await outbox.sendAll(store);
  expect(kept).toHaveLength(2);
});

it('sends the same record again when the store has not said that it keeps it', async () => {
  outbox.note(news(1));
  outbox.note(news(2));
  await expect(outbox.sendAll({ append: () => Promise.reject(new Error('away')) })).rejects.toThrow('away');
  await outbox.sendAll(store);
  expect(revisionsOf(kept)).toEqual([1, 2]);
  expect(kept[0]?.id).toBe('lb-a:r1:1');
});

it('gives up the oldest when there are too many, and says how many those were', async () => {
  for (let revision = 1; revision <= 1_003; revision += 1) {
    outbox.note(news(revision));
    await clock.advance(1_000);
  }
  await outbox.sendAll(store);
  expect(lost).toBe(3);
  expect(kept).toHaveLength(1_001);
  expect(kept[0]).toMatchObject({
    kind: 'records-lost',
    count: 3,
    from: '2026-03-01T08:00:00.000Z',
    to: '2026-03-01T08:00:02.000Z',
    kinds: ['rejected'],
  });
  expect(revisionsOf(kept.slice(1, 3))).toEqual([4, 5]);
});

it('goes on counting when the record of the lost ones is itself given up', async () => {
  const away = { append: () => Promise.reject(new Error('away')) };
  for (let revision = 1; revision <= 1_001; revision += 1) outbox.note(news(revision));
  await expect(outbox.sendAll(away)).rejects.toThrow();
  for (let revision = 1_002; revision <= 1_003; revision += 1) outbox.note(news(revision));
  await outbox.sendAll(store);
  const lostInAll = kept.reduce((sum, record) => sum + (record.kind === 'records-lost' ? record.count : 0), 0);
  expect(lostInAll + kept.filter(({ kind }) => kind === 'rejected').length).toBe(1_003);
  expect(lost).toBe(lostInAll);
});
