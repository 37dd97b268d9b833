import { join } from 'node:path';
import {
  CommitFeed,
  ConfigClient,
  connectBus,
  NodeChannel,
  SharedClientNats,
  VerdictBucket,
  VerdictMirror,
} from '@evenkeel/bus';
import { ClusterFollower, fromSnapshot } from '@evenkeel/cluster';
import type { Hash, Layer4Ability, RealServerId, VerdictState } from '@evenkeel/contracts';
import { Layer4Engine, Layer7Engine, Reconciler } from '@evenkeel/data-plane';
import { HaproxyDoor, HaproxyProcess, type HaproxyStatus } from '@evenkeel/haproxy';
import { type Clock, Loop } from '@evenkeel/kernel';
import { newId, sha256 } from '@evenkeel/kernel/system';
import { KernelNftables } from '@evenkeel/nftables';
import type { NatsConnection } from '@nats-io/transport-node';
import { LastGood } from './last-good.ts';
import { LateFeed } from './late-feed.ts';
import { sampleOf } from './sample.ts';
import type { ProxySettings } from './settings.ts';
import { version } from './version.ts';
import { toLastServed, Worker } from './worker.ts';

/** What a person should hear of. */
export type Tell = { warn(words: string): void; info(words: string): void };
export type Parts = { run(): void; stop(): Promise<void> };

/** A report is repeated this often, so that a late reader is soon right. */
const reportMs = 1_000;
const sampleMs = 2_000;
/** What was served is written to disk at most this often. */
const keepMs = 1_000;
/** Failed rounds are tried again soon at first, then less often. */
const patience = { retryMinMs: 50, retryMaxMs: 2_000 };

/**
 * The parts of one node in the order in which data flows. HAProxy serves what it last served before anything else is
 * asked; the bus is awaited by nobody.
 */
export const wire = async (settings: ProxySettings, clock: Clock, tell: Tell): Promise<Parts> => {
  const { cluster, node, folder } = settings;
  const hash = (text: string): Hash => sha256(text) as Hash;
  const sayFailure = (failure: unknown): void =>
    tell.warn(failure instanceof Error ? failure.message : String(failure));

  // Reads and writes HAProxy's folder; whatever ran before runs on, or runs again.
  const haproxy = new HaproxyProcess({
    folder: join(folder, 'haproxy'),
    nodeName: node,
    onIncident: (incident) => {
      tell.warn(`HAProxy: ${incident.kind}${'words' in incident ? `: ${incident.words}` : ''}`);
      rounds.wake();
    },
  });
  const lastGood = new LastGood(join(folder, 'last-served.json'));
  const [boot, lastServed] = await Promise.all([haproxy.boot(), lastGood.read()]);
  tell.info(`HAProxy: ${boot.kind}`);

  // Reads the bus as soon as it is there.
  const connecting = connectBus({ ...settings.nats, name: `proxy ${node}` });
  const feed = connecting.then((connection) => feedOn(connection, settings));
  const mirror = connecting.then((connection) => new VerdictMirror(new VerdictBucket(connection)));
  const parts: { channel?: NodeChannel; verdicts?: VerdictMirror } = {};
  void connecting.then((connection) => (parts.channel = new NodeChannel(connection, cluster)));
  void mirror.then((ready) => (parts.verdicts = ready));

  const lastCluster = lastServed === undefined ? {} : { lastServed: fromSnapshot(lastServed.snapshot) };
  const follower = new ClusterFollower({ feed: new LateFeed(feed), hashOf: hash, ...lastCluster });
  // Until the bucket has told everything, the verdicts of last time: a dead server must not come back with a restart.
  const lastVerdicts: ReadonlyMap<RealServerId, VerdictState> = new Map(lastServed?.verdicts);

  // Read and write HAProxy and the kernel.
  const door = new HaproxyDoor(haproxy);
  const kernel = new KernelNftables({ mayEnableForwarding: settings.mayEnableForwarding });
  const layer4 = new Layer4Engine(kernel);
  let ability: Layer4Ability = await layer4.canServe();
  if (ability.state === 'refused') tell.warn(`This node cannot serve layer 4: ${ability.words}`);
  let status: HaproxyStatus | undefined = await haproxy.status();

  const worker = new Worker({
    node: { name: node, peers: [], maxSockets: settings.maxSockets },
    run: newId(),
    version,
    follower,
    verdicts: () => (parts.verdicts?.hasCaughtUp() ? parts.verdicts.states() : lastVerdicts),
    reconciler: new Reconciler([new Layer7Engine(door, hash), layer4], clock, hash),
    layer4: () => ability,
    haproxy: () => status,
    publish: (report) => parts.channel?.publishReport(report),
    onRepair: (what) => tell.warn(`repaired: ${what}`),
    sweepMs: settings.sweepMs,
    clock,
  });

  const loop = (sweepMs: number, round: () => Promise<void>): Loop =>
    new Loop(round, { ...patience, sweepMs, onFailure: sayFailure }, clock);
  const rounds = loop(reportMs, () => worker.round());
  const looking = loop(sampleMs, async () => {
    [status, ability] = await Promise.all([haproxy.status(), layer4.canServe()]);
    const counted = follower.current();
    if (counted === undefined) return;
    parts.channel?.publishSample(await sampleOf(node, counted, door, kernel, ability, clock));
  });
  let kept: ReturnType<Worker['lastServed']>;
  const keeping = loop(keepMs, async () => {
    const served = worker.lastServed();
    if (served === undefined || served === kept) return;
    await lastGood.write(toLastServed(served));
    kept = served;
  });
  const following = loop(0, () => follower.follow(() => rounds.wake()));
  const watching = loop(0, async () => (await mirror).follow(() => rounds.wake()));
  const loops = [rounds, looking, keeping, following, watching];

  return {
    run: () => loops.forEach((one) => void one.run()),
    stop: async () => {
      loops.forEach((one) => one.stop());
      // What serves on is taken over at the next start.
      await (settings.leaveServing ? haproxy.leaveServing() : stopServing(haproxy, layer4));
      kernel.close();
      void connecting.then((connection) => connection.close());
    },
  };
};

const feedOn = (connection: NatsConnection, { cluster }: ProxySettings): CommitFeed =>
  new CommitFeed(connection, new ConfigClient(new SharedClientNats(connection)), cluster);

const stopServing = async (haproxy: HaproxyProcess, layer4: Layer4Engine): Promise<void> => {
  await Promise.all([haproxy.stop(), layer4.clean().catch(() => undefined)]);
};
