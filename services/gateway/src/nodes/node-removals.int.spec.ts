import { connectBus, Journal, NodeBucket, type NodeNews, NodeChannel, type VerdictMirror } from '@evenkeel/bus';
import { ClusterFollower, emptyCluster } from '@evenkeel/cluster';
import {
  type Actor,
  ClusterName,
  type ClusterSettings,
  defaultSettings,
  type Hash,
  NodeName,
  type NodeReport,
} from '@evenkeel/contracts';
import { aNodeReport } from '@evenkeel/testing';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { SystemClock } from '@evenkeel/kernel/system';
import { makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { ClusterView } from '../book/cluster-view.ts';
import { EventHub } from '../events/event-hub.ts';
import { ToldFeed } from '../events/told-feed.ts';
import { NodeRemovals } from './node-removals.ts';

// Two gateways on a real bus; nodes are reports and lines in the bucket.

const clock = new SystemClock();
const actor: Actor = { name: 'administrator', kind: 'token', authenticatedBy: 'spec', address: '127.0.0.1' };
const lbA = NodeName.parse('lb-a');
const lbB = NodeName.parse('lb-b');
const silence = { follow: () => new Promise<never>(() => undefined), current: () => new Map() };

let folder: TempFolder;
let nats: EmbeddedNats;
let connection: NatsConnection;
beforeAll(async () => {
  folder = await makeTempFolder('node-removals');
  nats = await startNats({ folder: folder.path });
  connection = await connectBus({ servers: [nats.url], user: nats.user, password: nats.password, name: 'spec' });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
  await folder.remove();
});

let runs = 0;
let cluster: ClusterName;
let bucket: NodeBucket;
let journal: Journal;
let channel: NodeChannel;
let stops: (() => void)[];
beforeEach(() => {
  runs += 1;
  cluster = ClusterName.parse(`cluster-${runs}`);
  bucket = new NodeBucket(connection, cluster);
  journal = new Journal(connection, ClusterName.parse('radiology'));
  channel = new NodeChannel(connection, cluster);
  stops = [];
});
afterEach(() => stops.forEach((stop) => stop()));

type Gateway = { readonly view: ClusterView; readonly removals: NodeRemovals };
const gateway = (settings: Partial<ClusterSettings> = {}): Gateway => {
  const lastServed = {
    ...emptyCluster,
    settings: { ...emptyCluster.settings, spec: { ...defaultSettings, ...settings } },
  };
  const follower = new ClusterFollower({ feed: silence as never, hashOf: () => '' as Hash, lastServed });
  const view = new ClusterView(follower, silence as unknown as VerdictMirror, channel, clock, () => undefined);
  const hub = new EventHub(view, new ToldFeed(silence as never), journal, clock, () => undefined);
  view.start();
  hub.start();
  stops.push(() => {
    hub.stop();
    view.stop();
  });
  return { view, removals: new NodeRemovals(view, bucket, journal, clock) };
};

const report = (node: NodeName, more: Partial<NodeReport> = {}): NodeReport => aNodeReport({ node, ...more });
/** A node that is there: it is on the list, and answers whoever asks for reports. */
const live = async (node: NodeName, peers: NodeName[]): Promise<void> => {
  await enlist(node);
  stops.push(channel.onAsked(() => channel.publishReport(report(node, { peers }))));
};
const enlist = (node: NodeName): Promise<void> =>
  bucket.put({ node, address: '10.0.0.1', port: 7_778, aliveAt: new Date().toISOString() });
const knows = ({ view }: Gateway, node: NodeName): boolean => view.fleet().has(node);
const entries = async () => (await journal.find(({ kind }) => kind === 'node-forgotten', 100)).entries;
const why = { dryRun: false, reason: 'replaced by new hardware', ticket: 'CHG-7' };

it('a node that was stopped is forgotten: by the list, by every gateway, and on record with who and why', async () => {
  await live(lbA, [lbB]);
  await enlist(lbB);
  const [one, other] = [gateway(), gateway()];
  channel.publishReport(report(lbB, { leaving: true }));
  await until('both have heard it', () => Promise.resolve([one, other].every((each) => knows(each, lbB))));
  const before = (await entries()).length;

  const foretold = await one.removals.forget(lbB, actor, { ...why, dryRun: true });
  expect(foretold).toEqual({ node: lbB, dryRun: true, state: 'left', droppedBy: [lbA] });
  expect([await bucket.has(lbB), (await entries()).length, knows(one, lbB)]).toEqual([true, before, true]);

  const removal = await one.removals.forget(lbB, actor, why);
  expect(removal).toEqual({ ...foretold, dryRun: false, journal: expect.any(String) });
  expect(await bucket.has(lbB)).toBe(false);
  expect((await entries())[0]).toMatchObject({
    id: removal.journal,
    node: 'lb-b',
    actor,
    reason: why.reason,
    ticket: why.ticket,
  });
  await until('neither knows it', () => Promise.resolve([one, other].every((each) => !knows(each, lbB))));
  expect(knows(one, lbA)).toBe(true);
  await expect(one.removals.forget(lbB, actor, why)).rejects.toMatchObject({
    problem: { status: 404, code: 'unknown-node', detail: 'There is no node lb-b. Known: lb-a.' },
  });
});

it('the others are told that it was forgotten, not that it is merely missing', async () => {
  await enlist(lbB);
  const news: NodeNews[] = [];
  const watching = bucket.watch();
  news.push((await watching.next()).value as NodeNews, (await watching.next()).value as NodeNews);
  await gateway().removals.forget(lbB, actor, why);
  news.push((await watching.next()).value as NodeNews);
  await watching.return(undefined);
  expect(news.map(({ kind }) => kind)).toEqual(['member', 'caught-up', 'forgotten']);
});

it('a live node is not forgotten, also not by a gateway that was started a moment ago and has not heard it', async () => {
  await live(lbB, []);
  const before = (await entries()).length;
  await expect(gateway().removals.forget(lbB, actor, why)).rejects.toMatchObject({
    problem: { status: 409, code: 'node-is-live', detail: expect.stringContaining('Stop its worker first') },
  });
  expect([await bucket.has(lbB), (await entries()).length]).toEqual([true, before]);
});

it('a node that comes back all the same is a member again, and forgotten by nobody', async () => {
  await enlist(lbB);
  const one = gateway();
  await one.removals.forget(lbB, actor, why);
  await enlist(lbB);
  channel.publishReport(report(lbB, { run: 'second' }));
  await until('it is heard', () => Promise.resolve(knows(one, lbB)));
  expect(await bucket.has(lbB)).toBe(true);
});

it('wants a reason where the settings want one with what changes configuration', async () => {
  await enlist(lbB);
  await expect(
    gateway({ reasonRequired: 'configuration' }).removals.forget(lbB, actor, { dryRun: false }),
  ).rejects.toMatchObject({ problem: { status: 422, code: 'reason-required' } });
  expect(await bucket.has(lbB)).toBe(true);
});

it('nothing is done that cannot be put on record', async () => {
  await enlist(lbB);
  const { view } = gateway();
  const away = { append: () => Promise.reject(new Error('no responders')) };
  await expect(new NodeRemovals(view, bucket, away, clock).forget(lbB, actor, why)).rejects.toMatchObject({
    problem: { status: 503, code: 'journal-unavailable' },
  });
  expect(await bucket.has(lbB)).toBe(true);
});
