import { setTimeout as rest } from 'node:timers/promises';
import {
  ClusterName,
  type JournalEntry,
  type JournalRecord,
  NodeName,
  type Revision,
  verdictsInJournal,
} from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { startTestNats, type TestNats } from '../test/nats-server.ts';
import { connectBus } from './connection.ts';
import { Journal } from './journal.ts';

const cluster = ClusterName.parse('radiology');

const record = (number: number, node = 'lb-a'): JournalRecord => ({
  kind: 'rejected',
  id: `${node}:spec:${number}`,
  time: '2026-11-22T03:00:00.000Z',
  node: NodeName.parse(node),
  sentence: `record ${number}`,
  entities: [],
  engine: 'haproxy',
  revision: number as Revision,
  words: 'unknown keyword\n  at line 3',
});

let nats: TestNats;
let connection: NatsConnection;
let journal: Journal;
beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectBus({ servers: [nats.url], name: 'spec' });
});
afterAll(async () => {
  await connection.close();
  await nats.dispose();
});
beforeEach(async () => {
  const manager = await jetstreamManager(connection);
  await manager.streams.delete('EVENKEEL_JOURNAL').catch(() => undefined);
  journal = new Journal(connection, cluster);
});

const write = async (count: number): Promise<void> => {
  for (let number = 1; number <= count; number += 1) await journal.append(record(number, number % 2 ? 'lb-a' : 'lb-b'));
};
const all = () => true;
const sequencesOf = (entries: readonly JournalEntry[]) => entries.map(({ sequence }) => sequence);

it('is empty before anybody has written', async () => {
  expect(await journal.find(all, 10)).toEqual({ entries: [], next: undefined });
  const { last, since, incarnation } = await journal.extent();
  expect([last, Date.parse(since)]).toEqual([0, Number(incarnation)]);
});

it('keeps what was written, with its place, newest first', async () => {
  await write(3);
  const { entries, next } = await journal.find(all, 10);
  expect(sequencesOf(entries)).toEqual([3, 2, 1]);
  expect(entries[2]).toEqual({ ...record(1), sequence: 1 });
  expect(next).toBeUndefined();
});

it('keeps a record once that was sent twice', async () => {
  await journal.append(record(1));
  await new Journal(connection, cluster).append(record(1));
  expect((await journal.extent()).last).toBe(1);
});

it('gives pages that do not shift while somebody writes', async () => {
  await write(5);
  const first = await journal.find(all, 2);
  await journal.append(record(6));
  const second = await journal.find(all, 2, first.next);
  const third = await journal.find(all, 2, second.next);
  expect([first, second, third].map(({ entries }) => sequencesOf(entries))).toEqual([[5, 4], [3, 2], [1]]);
  expect(third.next).toBeUndefined();
});

it('finds what fits, however far back', async () => {
  await write(4);
  const fits = ({ node }: JournalEntry): boolean => node === 'lb-b';
  const { entries, next } = await journal.find(fits, 1);
  expect(sequencesOf(entries)).toEqual([4]);
  expect(sequencesOf((await journal.find(fits, 1, next)).entries)).toEqual([2]);
});

it('tells what comes, from any place on', async () => {
  await write(2);
  const { incarnation } = await journal.extent();
  const seen: number[] = [];
  for await (const { sequence } of journal.follow(1, incarnation)) {
    seen.push(sequence);
    if (sequence === 2) void journal.append(record(3));
    if (sequence === 3) break;
  }
  expect(seen).toEqual([2, 3]);
});

it('reads what a newer version wrote as far as it knows it, and leaves the rest', async () => {
  await write(1);
  const send = (words: object) =>
    jetstream(connection).publish('evenkeel.journal.radiology.lb-a.any', JSON.stringify(words));
  await send({ ...record(2), mood: 'bad' });
  await send({ ...record(3), kind: 'not-invented-yet' });
  await jetstream(connection).publish('evenkeel.journal.radiology.lb-a.any', 'no JSON');
  const { entries } = await journal.find(all, 10);
  expect(entries).toEqual([
    { ...record(2), sequence: 2 },
    { ...record(1), sequence: 1 },
  ]);
});

it('is another one when it was deleted, and is made again by whoever writes next', async () => {
  await write(1);
  const { incarnation } = await journal.extent();
  await (await jetstreamManager(connection)).streams.delete('EVENKEEL_JOURNAL');
  await journal.append(record(7));
  expect(await journal.extent()).toMatchObject({ last: 1 });
  expect((await journal.extent()).incarnation).not.toBe(incarnation);
});

it("tells its reader that it was deleted, also in the middle of the reader's beginning", async () => {
  const manager = await jetstreamManager(connection);
  for (const waitMs of [0, 1, 2]) {
    await write(1);
    const { last, incarnation } = await journal.extent();
    const reading = expect(journal.follow(last, incarnation).next()).rejects.toThrow();
    await rest(waitMs);
    await manager.streams.delete('EVENKEEL_JOURNAL');
    await reading;
  }
}, 25_000);

it('is not followed from a place of the one before', async () => {
  await write(3);
  const { incarnation } = await journal.extent();
  await (await jetstreamManager(connection)).streams.delete('EVENKEEL_JOURNAL');
  await expect(journal.follow(3, incarnation).next()).rejects.toThrow('made again');
});

describe('by subject', () => {
  const changed = (number: number, of: number): JournalRecord => ({
    kind: 'verdict-changed',
    id: `health-1:spec:${number}`,
    time: '2026-11-22T03:00:00.000Z',
    node: NodeName.parse('health-1'),
    sentence: `change ${number}`,
    entities: [],
    checker: 'health-1',
    virtualService: { id: virtualServiceId(1), label: 'DICOM' },
    realServer: { id: realServerId(of), label: `PACS${of}` },
    machine: '192.168.85.200',
    from: 'up',
    to: 'down',
    detail: 'refused',
    evidence: [],
  });

  it('reads what concerns one real server, in order, and nothing else', async () => {
    await write(3);
    for (const [number, of] of [
      [1, 2],
      [2, 3],
      [3, 2],
    ] as const)
      await journal.append(changed(number, of));
    const subject = verdictsInJournal(cluster, { realServerId: realServerId(2) });
    const { entries, isWhole } = await journal.read(subject);
    expect(entries.map(({ sentence }) => sentence)).toEqual(['change 1', 'change 3']);
    expect(isWhole).toBe(true);
    const none = verdictsInJournal(cluster, { virtualServiceId: virtualServiceId(9) });
    expect(await journal.read(none)).toEqual({ entries: [], isWhole: true });
  });

  it('reads from a time on, by when it was written', async () => {
    await journal.append(changed(1, 2));
    await rest(20);
    const from = new Date().toISOString();
    await journal.append(changed(2, 2));
    const { entries } = await journal.read(verdictsInJournal(cluster), from);
    expect(entries.map(({ sentence }) => sentence)).toEqual(['change 2']);
  });
});
