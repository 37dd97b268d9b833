import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { ConfigClient, connectBus, ConfigStream, Journal, NodeChannel, VerdictBucket } from '@evenkeel/bus';
import {
  clusterLog,
  ClusterName,
  type CommitResource,
  type Convergence,
  type Hash,
  type JournalEntry,
  journalStream,
  noHash,
  NodeName,
  type NodeReport,
  noRevision,
  Problem,
  type ReadCommits,
  type Revision,
  type SealedCommit,
} from '@evenkeel/contracts';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { seal, type Tail, tailAfter } from '@evenkeel/ledger';
import { aNodeReport, aVerdict, commitId, realServerId } from '@evenkeel/testing';
import { makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { EventReader } from '../../test/event-reader.ts';
import { configureApp } from '../app.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { GatewayModule } from '../gateway.module.ts';
import { GatewaySettings } from '../settings.ts';
import { EventHub } from './event-hub.ts';

// A gateway on a real bus. `config` is a list of commits here.

const cluster = ClusterName.parse('radiology');
const node = NodeName.parse('lb-a');
const sha256 = (text: string): Hash => createHash('sha256').update(text).digest('hex') as Hash;
const secret = 's'.repeat(43);
const authorization = `Bearer ek_admin_${'0'.repeat(16)}_${secret}`;
const withinMs = 15_000;

let folder: TempFolder;
let nats: EmbeddedNats;
let connection: NatsConnection;
let stream: ConfigStream;
let journal: Journal;
let book: SealedCommit[];
let tail: Tail;
let app: NestExpressApplication;
let hub: EventHub;
let origin: string;
let readers: EventReader[];

const config = {
  commits: ({ after, limit }: ReadCommits) => {
    const commits = book.slice(after, after + limit).map(({ body, hash }) => ({ body, hash }));
    return Promise.resolve({ head: book.length as Revision, commits });
  },
  snapshot: () => Promise.resolve({ snapshot: null }),
  token: (id: string) =>
    Promise.resolve({
      token: {
        id,
        secretHash: sha256(secret),
        name: 'administrator',
        role: 'admin',
        createdAt: '2026-11-22T03:00:00.000Z',
      },
    }),
};

const startGateway = async (): Promise<NestExpressApplication> => {
  const { url, user, password } = nats;
  const settings = GatewaySettings.parse({ cluster, nats: { servers: [url], user, password } });
  const module = await Test.createTestingModule({ imports: [GatewayModule.with(settings)] })
    .overrideProvider(ConfigClient)
    .useValue(config)
    .compile();
  const gateway = module.createNestApplication<NestExpressApplication>({
    logger: false,
    bodyParser: false,
    forceCloseConnections: true,
  });
  configureApp(gateway);
  gateway.get(EventHub).start();
  gateway.get(ClusterView).start();
  await gateway.listen(0, '127.0.0.1');
  return gateway;
};

beforeAll(async () => {
  folder = await makeTempFolder('events');
  nats = await startNats({ folder: folder.path });
  connection = await connectBus({ servers: [nats.url], user: nats.user, password: nats.password, name: 'spec' });
  stream = await ConfigStream.open(connection, cluster);
  await stream.lastRevision(); // makes it
  journal = new Journal(connection, cluster);
  book = [];
  tail = { log: clusterLog(cluster), revision: noRevision, hash: noHash };
  app = await startGateway();
  hub = app.get(EventHub);
  origin = await app.getUrl();
  await until('the gateway has begun', async () => (await get('/events')).status === 200, { withinMs });
}, 60_000);
afterAll(async () => {
  await app.close();
  await connection.close();
  await nats.stop();
  await folder.remove();
});
beforeEach(() => {
  readers = [];
});
afterEach(async () => {
  readers.forEach((reader) => reader.leave());
  await until('nobody listens any more', () => Promise.resolve(hub.size === 0), { withinMs });
});

const get = async (path: string, at = origin): Promise<Response> => {
  const leaving = new AbortController();
  const response = await fetch(`${at}/api/v1${path}`, { headers: { authorization }, signal: leaving.signal });
  leaving.abort();
  return response;
};
const open = async (path: string, lastEventId?: string): Promise<EventReader> => {
  const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const reader = await EventReader.open(`${origin}/api/v1${path}`, { authorization, ...resume });
  readers.push(reader);
  return reader;
};
const hears = (reader: EventReader, event: string, count = 1): Promise<void> =>
  until(`${count} ${event}`, () => Promise.resolve(reader.of(event).length >= count), { withinMs });

const commit = async (): Promise<Revision> => {
  const draft = {
    commitId: commitId(book.length + 1),
    time: '2026-11-22T03:00:00.000Z',
    actor: { name: 'spec', kind: 'system', authenticatedBy: 'spec' } as const,
    events: [{ kind: 'BlueprintInstantiated', name: 'none', version: 1, parameters: {} } as const],
    entities: [],
  };
  const sealed = seal(draft, tail, sha256);
  tail = tailAfter(sealed);
  book.push(sealed);
  await stream.publish([sealed]);
  return sealed.commit.revision;
};
let written = 0;
const note = async (): Promise<void> => {
  written += 1;
  await journal.append({
    kind: 'records-lost',
    id: `spec:${written}`,
    time: '2026-11-22T03:00:00.000Z',
    node,
    sentence: `record ${written}`,
    entities: [],
    count: written,
    from: '2026-11-22T03:00:00.000Z',
    to: '2026-11-22T03:00:00.000Z',
  });
};
const report = (observed: Revision, more: Partial<NodeReport> = {}): NodeReport =>
  aNodeReport({ node, sequence: (written += 1), received: observed, observed, ...more });
const publish = (told: NodeReport): void => new NodeChannel(connection, cluster).publishReport(told);
const revisionsIn = (reader: EventReader) => reader.of('commit').map((one) => (one as CommitResource).revision);
const countsIn = (reader: EventReader) => reader.of('journal').map((one) => (one as { count: number }).count);

describe('a stream of events', () => {
  it('is not kept by anybody on the way, and not compressed', async () => {
    const { headers } = (await open('/events')).response;
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('content-encoding')).toBeNull();
  });

  it('begins with the states as they are, and tells facts and states as they come', async () => {
    const reader = await open('/events');
    await hears(reader, 'snapshot');
    const revision = await commit();
    await note();
    publish(report(revision));
    const pacs1 = realServerId(2);
    await new VerdictBucket(connection).put(aVerdict({ realServerId: pacs1, state: 'down' }));
    const sample = { node, time: '2026-11-22T03:00:00.000Z', services: [], realServers: [] };
    new NodeChannel(connection, cluster).publishSample(sample);
    for (const event of ['commit', 'journal', 'report', 'verdict', 'sample']) await hears(reader, event);
    expect(reader.heard[0]).toMatchObject({ event: 'snapshot', data: { reports: [], verdicts: [], samples: [] } });
    expect(reader.of('commit')).toMatchObject([{ revision, hash: book.at(-1)?.hash }]);
    expect((reader.of('journal')[0] as JournalEntry).kind).toBe('records-lost');
    expect(reader.of('report')).toMatchObject([{ node, observed: revision }]);
    expect(reader.of('verdict')).toMatchObject([{ realServerId: pacs1, state: 'down' }]);
    expect(reader.of('verdict')[0]).not.toHaveProperty('evidence');
    // Facts have a place, states have none. Commits and journal come by different ways, each in its order.
    const facts = reader.heard.filter(({ id }) => id !== undefined).map(({ event }) => event);
    expect(facts.toSorted()).toEqual(['commit', 'journal']);
  });

  it('shows a commit in the overview by the time it is told', async () => {
    const reader = await open('/events?kinds=commit');
    const revision = await commit();
    await hears(reader, 'commit');
    expect(app.get(ClusterView).cluster().revision).toBeGreaterThanOrEqual(revision);
  });

  it('tells only what was asked for, and names a kind that there is not', async () => {
    const reader = await open('/events?kinds=journal');
    await commit();
    await note();
    await hears(reader, 'journal');
    expect(reader.heard.map(({ event }) => event)).toEqual(['snapshot', 'journal']);
    const wrong = await fetch(`${origin}/api/v1/events?kinds=gossip`, { headers: { authorization } });
    expect(wrong.status).toBe(400);
    expect(JSON.stringify(Problem.parse(await wrong.json()))).toContain('kinds');
  });

  it('says nothing of a report that only repeats the one before', async () => {
    const reader = await open('/events?kinds=report');
    const revision = await commit();
    publish(report(revision));
    await hears(reader, 'report');
    publish(report(revision, { durationMs: 9 }));
    publish(report(revision, { waitingFor: ['something new'] }));
    await hears(reader, 'report', 2);
    expect(reader.of('report')).toMatchObject([{ waitingFor: [] }, { waitingFor: ['something new'] }]);
  });
});

describe('a reader that comes back', () => {
  it('hears every fact once and in order, wherever it was cut off', async () => {
    const before = { revision: book.length, written };
    let reader = await open('/events?kinds=commit,journal');
    await hears(reader, 'snapshot');
    const heard: { commits: number[]; counts: number[] } = { commits: [], counts: [] };
    const leave = (): void => {
      reader.leave();
      heard.commits.push(...revisionsIn(reader));
      heard.counts.push(...countsIn(reader));
    };
    for (let round = 0; round < 40; round += 1) {
      await Promise.all([commit(), note()]);
      if (round % 3 === 0) continue;
      leave();
      if (round % 2 === 0) await Promise.all([commit(), note()]);
      reader = await open('/events?kinds=commit,journal', reader.lastEventId);
    }
    const total = book.length - before.revision;
    await until(
      'all is heard',
      () =>
        Promise.resolve(
          heard.commits.length + revisionsIn(reader).length >= total &&
            heard.counts.length + countsIn(reader).length >= written - before.written,
        ),
      { withinMs },
    );
    leave();
    expect(heard.commits).toEqual(Array.from({ length: total }, (_, index) => before.revision + index + 1));
    expect(heard.counts).toEqual(
      Array.from({ length: written - before.written }, (_, index) => before.written + index + 1),
    );
  }, 60_000);

  it('goes on at another gateway as if it were the same', async () => {
    const reader = await open('/events?kinds=commit,journal');
    await hears(reader, 'snapshot');
    await Promise.all([commit(), note()]);
    await hears(reader, 'commit');
    await hears(reader, 'journal');
    reader.leave();
    await Promise.all([commit(), note()]);
    const other = await startGateway();
    const url = `${await other.getUrl()}/api/v1/events?kinds=commit,journal`;
    const answers = async (): Promise<boolean> => (await get('/events', await other.getUrl())).status === 200;
    await until('the other has begun', answers, { withinMs });
    const resumed = await EventReader.open(url, { authorization, 'last-event-id': reader.lastEventId ?? '' });
    await hears(resumed, 'snapshot');
    expect(resumed.heard.map(({ event }) => event)).toEqual(['commit', 'journal', 'snapshot']);
    expect([revisionsIn(resumed), countsIn(resumed)]).toEqual([[book.length], [written]]);
    resumed.leave();
    await other.close();
  }, 60_000);

  it.each([
    ['what is no place', 'yesterday'],
    ['a place in the future', '999999-0-1'],
    ['a place in another journal', '1-1-1'],
  ])('is told to read everything anew when it names %s', async (_, id) => {
    const reader = await open('/events', id);
    await hears(reader, 'resync');
    expect(reader.heard.map(({ event }) => event)).toEqual(['resync', 'snapshot']);
    expect(reader.lastEventId).toMatch(/^\d+-\d+-\d+$/);
  });

  it('is told to read everything anew when the journal was deleted, and goes on from there', async () => {
    const reader = await open('/events?kinds=journal');
    await hears(reader, 'snapshot');
    await (await jetstreamManager(connection)).streams.delete(journalStream);
    await hears(reader, 'resync');
    await note();
    await hears(reader, 'journal');
  }, 60_000);
});

describe('many streams', () => {
  it('of one caller are refused, and one that closes makes room', async () => {
    for (let count = 0; count < 20; count += 1) await open('/events');
    const refused = await fetch(`${origin}/api/v1/events`, { headers: { authorization } });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(Problem.parse(await refused.json())).toMatchObject({ code: 'too-many-streams' });
    readers[0]?.leave();
    await until('there is room', async () => (await get('/events')).status === 200, { withinMs });
  });

  it('that come and go a thousand times leave nothing behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let count = 0; count < 1_000; count += 1) {
      // Some leave before they have heard anything.
      const leaving = new AbortController();
      const asking = fetch(`${origin}/api/v1/events`, { headers: { authorization }, signal: leaving.signal });
      if (count % 10 === 0) leaving.abort();
      const response = await asking.catch(() => undefined);
      if (response?.status === 429) count -= 1; // the one before is not gone yet
      leaving.abort();
    }
    await until('nobody listens any more', () => Promise.resolve(hub.size === 0), { withinMs });
    await until('no rest goes on', () => Promise.resolve(timers() < before + 50), { withinMs });
    const reader = await open('/events?kinds=commit');
    await commit();
    await hears(reader, 'commit');
  }, 180_000);
});

describe('the convergence of one revision', () => {
  it('is told whenever it changes, and ends when all nodes have seen it', async () => {
    const revision = await commit();
    publish(report(noRevision, { received: revision, waitingFor: ['HAProxy does not run'] }));
    await until('it is known', () => Promise.resolve(app.get(ClusterView).cluster().revision >= revision), {
      withinMs,
    });
    const reader = await open(`/commits/${revision}/convergence`);
    await hears(reader, 'convergence');
    publish(report(revision));
    await until('it ends', () => Promise.resolve(reader.hasEnded), { withinMs });
    const told = reader.of('convergence') as Convergence[];
    expect(told.at(0)).toMatchObject({ revision, state: 'pending' });
    expect(told.at(-1)).toMatchObject({ revision, state: 'converged', nodes: [{ stage: 'observed' }] });
  });

  it('ends with the words of the engine when a node refuses it', async () => {
    const revision = await commit();
    await until('it is known', () => Promise.resolve(app.get(ClusterView).cluster().revision >= revision), {
      withinMs,
    });
    const reader = await open(`/commits/${revision}/convergence`);
    const rejection = { engine: 'haproxy', revision, words: 'cannot bind', since: '2026-11-22T03:00:00.000Z' } as const;
    publish(report(noRevision, { received: revision, rejection }));
    await until('it ends', () => Promise.resolve(reader.hasEnded), { withinMs });
    expect(reader.of('convergence').at(-1)).toMatchObject({ state: 'rejected', nodes: [{ rejection }] });
  });

  it('is one answer for who does not ask for a stream, and none for a revision that there is not', async () => {
    const answer = await fetch(`${origin}/api/v1/commits/1/convergence`, { headers: { authorization } });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect((await open('/commits/99999/convergence')).response.status).toBe(404);
  });
});
