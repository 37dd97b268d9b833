import { setTimeout as rest } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  ClusterName,
  clusterLog,
  type ClusterEvent,
  configStream,
  type Hash,
  type Revision,
  type SealedCommit,
} from '@evenkeel/contracts';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startTestNats, type TestNats } from '../test/nats-server.ts';
import { CommitFeed } from './commit-feed.ts';
import type { ConfigClient } from './config-client.ts';
import { ConfigStream } from './config-stream.ts';
import { connectBus } from './connection.ts';

const cluster = ClusterName.parse('radiology');
const at = (revision: number): Revision => revision as Revision;

const sealed = (revision: number): SealedCommit => {
  const commit: SealedCommit['commit'] = {
    format: 1,
    log: clusterLog(cluster),
    revision: at(revision),
    commitId: `00000000-0000-7000-8000-${String(revision).padStart(12, '0')}` as SealedCommit['commit']['commitId'],
    time: '2026-11-22T03:00:00.000Z',
    actor: { name: 'spec', kind: 'system', authenticatedBy: 'spec' },
    events: [{ kind: 'BlueprintInstantiated', name: 'none', version: 1, parameters: {} } satisfies ClusterEvent],
    entities: [],
    previousHash: 'a'.repeat(64) as Hash,
  };
  return { commit, body: JSON.stringify(commit), hash: String(revision).padStart(64, '0') as Hash };
};
const commits = (from: number, to: number): SealedCommit[] =>
  Array.from({ length: to - from + 1 }, (_, index) => sealed(from + index));

let nats: TestNats;
let connection: NatsConnection;
let stream: ConfigStream;
const feed = (): CommitFeed => new CommitFeed(connection, {} as ConfigClient, cluster); // follow needs no config

beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectBus({ servers: [nats.url], name: 'spec' });
  stream = await ConfigStream.open(connection, cluster);
});
beforeEach(async () => {
  await (await jetstreamManager(connection)).streams.delete(configStream).catch(() => false);
});
afterAll(async () => {
  await connection.close();
  await nats.dispose();
});

const readFrom = async (after: number, count: number): Promise<number[]> => {
  const read: number[] = [];
  for await (const { commit } of feed().follow(at(after))) {
    read.push(commit.revision);
    if (read.length === count) break;
  }
  return read;
};

it('makes the stream when there is none, and says that it is empty', async () => {
  expect(await stream.lastRevision()).toBe(0);
  expect(await stream.lastRevision()).toBe(0);
});

it('numbers its messages like the book numbers its commits', async () => {
  await stream.lastRevision();
  expect(await stream.publish(commits(1, 3))).toBe('published');
  expect(await stream.lastRevision()).toBe(3);
  expect(await readFrom(1, 2)).toEqual([2, 3]);
});

it('lets one of two writers win and tells the other, so nothing is doubled or reordered', async () => {
  await stream.lastRevision();
  const other = await ConfigStream.open(connection, cluster);
  const outcomes = await Promise.all([stream.publish(commits(1, 50)), other.publish(commits(1, 50))]);
  expect(outcomes).toContain('published');
  expect(await stream.lastRevision()).toBe(50);
  expect(await readFrom(0, 50)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});

it('refuses a commit that would leave a gap', async () => {
  await stream.lastRevision();
  expect(await stream.publish(commits(1, 2))).toBe('published');
  expect(await stream.publish(commits(4, 4))).toBe('moved');
  expect(await stream.lastRevision()).toBe(2);
});

it('is written again from revision 1 after somebody deleted it', async () => {
  await stream.lastRevision();
  await stream.publish(commits(1, 3));
  await (await jetstreamManager(connection)).streams.delete(configStream);
  expect(await stream.lastRevision()).toBe(0);
  expect(await stream.publish(commits(1, 4))).toBe('published');
  expect(await readFrom(0, 4)).toEqual([1, 2, 3, 4]);
});

it('tells a reader that the stream went away instead of waiting for ever', async () => {
  // While the reader begins, and when it has.
  for (const waitMs of [0, 1, 200]) {
    await stream.lastRevision();
    await stream.publish(commits(1, 1));
    const reading = expect(readFrom(0, 2)).rejects.toThrow();
    await rest(waitMs);
    await (await jetstreamManager(connection)).streams.delete(configStream);
    await reading;
  }
}, 25_000);

it('keeps commits, and readers go on, when the server is killed and comes back', async () => {
  await stream.lastRevision();
  await stream.publish(commits(1, 2));
  await nats.restart();
  const answer = await stream.lastRevision().catch(() => stream.lastRevision()); // the first question may be lost with the server
  expect(answer).toBe(2);
  expect(await stream.publish(commits(3, 3))).toBe('published');
  expect(await readFrom(0, 3)).toEqual([1, 2, 3]);
});
