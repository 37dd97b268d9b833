import { join } from 'node:path';
import { StreamAway } from '@evenkeel/bus';
import { ClusterFollower, fromSnapshot } from '@evenkeel/cluster';
import type { Hash, JournalNews } from '@evenkeel/contracts';
import {
  CertificateEngine,
  GatheringPace,
  JournalOutbox,
  BothFamilies,
  Layer7Engine,
  type NodeFacts,
  Reconciler,
  Traffic,
} from '@evenkeel/data-plane';
import { HaproxyCertificates, HaproxyDoor, HaproxyProcess } from '@evenkeel/haproxy';
import { type Clock, Loop } from '@evenkeel/kernel';
import { openMaterial } from '@evenkeel/kernel/sealing';
import { newId, sha256 } from '@evenkeel/kernel/system';
import { KernelNftables } from '@evenkeel/nftables';
import { type Observed, wordsOf } from '@evenkeel/telemetry';
import { BusLink } from './bus-link.ts';
import { Keeper } from './keeper.ts';
import { LastGood } from './last-good.ts';
import { ClientsOfFamilies } from './clients-of-families.ts';
import { Lookout } from './lookout.ts';
import { Membership } from './membership.ts';
import { nodeCounters } from './observing/node-counters.ts';
import { observeProxy } from './observing/observe-proxy.ts';
import { ObservedHaproxy } from './observing/observed-haproxy.ts';
import { ObservedNftables } from './observing/observed-nftables.ts';
import { observeTraffic } from './observing/observe-traffic.ts';
import { tellNews } from './observing/tell-news.ts';
import { TracedReconciler } from './observing/traced-reconciler.ts';
import { restartNews } from './restart-news.ts';
import type { ProxySettings } from './settings.ts';
import { TrialRun } from './trial-run.ts';
import { Verdicts } from './verdicts.ts';
import { version } from './version.ts';
import { Worker } from './worker.ts';

export type Parts = { run(): void; stop(): Promise<void> };

/** A report is repeated this often, so that a late reader is soon right. */
const reportMs = 1_000;
const lookMs = 2_000;
/** A silence of the checkers is noticed within this time after the end of their lease. */
const listenMs = 1_000;
/** Who belongs to the cluster is looked at this often. */
const memberMs = 500;
/** What was served is written to disk at most this often. */
const keepMs = 1_000;
/** Whether it is time to look at the clients of layer 4. */
const clientMs = 500;
/** What belongs into the journal is sent within this time. */
const journalMs = 500;
/** Failed rounds are tried again soon at first, then less often. */
const patience = { retryMinMs: 50, retryMaxMs: 2_000 };

const hash = (text: string): Hash => sha256(text) as Hash;

/**
 * The parts of one node in the order in which data flows. HAProxy serves what it last served before anything else is
 * asked.
 */
export const wire = async (settings: ProxySettings, clock: Clock, observed: Observed): Promise<Parts> => {
  const { node, folder } = settings;
  const { log } = observed;
  const counters = nodeCounters(node);
  const run = newId();

  // Keeps what belongs into the journal until the bus has taken it.
  const outbox = new JournalOutbox({ node, run }, clock, counters.journalLost);
  const onNews = (news: JournalNews): void => {
    outbox.note(news);
    tellNews(news, log, counters);
  };

  const listeners: Loop[] = []; // HAProxy may have something to tell before there is anybody to hear it
  // Reads and writes HAProxy's folder; whatever ran before runs on, or runs again.
  const haproxy = new HaproxyProcess({
    folder: join(folder, 'haproxy'),
    nodeName: node,
    onIncident: (incident) => {
      log.warn(`HAProxy: ${incident.kind}${'words' in incident ? `: ${incident.words}` : ''}`);
      const news = restartNews(incident);
      if (news !== undefined) onNews(news);
      listeners.forEach((listener) => listener.wake());
    },
  });
  const lastGood = new LastGood(join(folder, 'last-served.json'));
  const [boot, lastServed] = await Promise.all([haproxy.boot(), lastGood.read()]);
  log.info(`HAProxy: ${boot.kind}`);

  // Reads and writes the bus, as soon as it is there.
  const bus = new BusLink(settings);
  const start = lastServed === undefined ? {} : { lastServed: fromSnapshot(lastServed.snapshot) };
  const follower = new ClusterFollower({ feed: bus.feed, hashOf: hash, ...start });
  const onFailure = (failure: unknown): void => log[failure instanceof StreamAway ? 'debug' : 'warn'](wordsOf(failure));
  // Reads the bus, and real servers while the checkers are silent.
  const onChange = (): void => listeners.forEach((listener) => listener.wake());
  const verdicts = new Verdicts({ bus, lastServed, settings, clock, onFailure, onChange });

  // Read and write HAProxy and the kernel.
  const door = new HaproxyDoor(haproxy);
  const kernel = new KernelNftables({ mayEnableForwarding: settings.mayEnableForwarding });
  const kernels = [kernel, kernel.in('ip6')] as const;
  const clients = await ClientsOfFamilies.open({
    folder,
    bus,
    // Reads and writes the clients that the kernel remembers, beside what changes its rules.
    kernel: new KernelNftables({ mayEnableForwarding: false }),
    clock,
    onShared: counters.clientsShared,
    onUnreadable: counters.clientsUnreadable,
  });
  const engines = { ip: new ObservedNftables(kernels[0]), ip6: new ObservedNftables(kernels[1]) };
  const layer4 = new BothFamilies(engines, clients.known);
  const traffic = new Traffic();
  const count = async (): Promise<void> => traffic.take(await door.servingStatistics());
  const pace = new GatheringPace(clock, onChange);
  const layer7 = new Layer7Engine(new ObservedHaproxy(door, clock, count), hash, counters.reloaded, pace);
  const certificates = new HaproxyCertificates({
    folder: join(folder, 'haproxy'),
    host: haproxy,
    bring: ({ facts: { material } }) =>
      openMaterial({ material: (id) => bus.material(id), clusterKeyFile: settings.clusterKeyFile }, material),
  });
  const encrypted = new CertificateEngine(layer7, certificates);
  const onCounted = traffic.take.bind(traffic);
  const lookout = await Lookout.open({ node, haproxy, door, kernels, layer4, onCounted, clock });
  if (lookout.layer4.state === 'refused') log.warn(`This node cannot serve layer 4: ${lookout.layer4.words}`);

  // Reads and writes the list of nodes on the bus.
  const membership = new Membership({
    node,
    maxSockets: settings.maxSockets,
    peer: settings.peer,
    lastKnown: lastServed?.members ?? [],
    register: bus.nodes,
    clock,
    onChange,
  });
  /** Asked for only when they are known. */
  const facts = (): NodeFacts => membership.now() ?? { name: node, peers: [], maxSockets: settings.maxSockets };
  const worker = new Worker({
    get node() {
      return facts();
    },
    run,
    version,
    // A new node begins when it knows the others: to learn of them later would cost it a reload.
    follower: { current: () => (membership.now() === undefined ? undefined : follower.current()) },
    verdicts: () => verdicts.now.states(),
    backSince: (id) => verdicts.now.word(id)?.backSince,
    ruling: () => verdicts.now.ruling(),
    reconciler: new TracedReconciler(new Reconciler([encrypted, layer4], clock, hash), (after, upTo) =>
      bus.originsOf(after, upTo),
    ),
    layer4: () => lookout.layer4,
    haproxy: () => lookout.haproxy,
    publish: (report) => bus.report(report),
    onNews,
    sweepMs: settings.sweepMs,
    clock,
  });

  // Reads the book and the kernel; starts `haproxy -c` and `nft -c`, which change nothing.
  const trialRun = new TrialRun({
    get node() {
      return facts();
    },
    cluster: () => follower.current(),
    verdicts: () => verdicts.now.states(),
    layer4: () => lookout.layer4,
    haproxy,
    kernels,
    hash,
    clock,
    onFailure,
  });
  bus.onTrialAsked(node, (request) => trialRun.judge(request));

  const keeper = new Keeper({
    served: () => worker.lastServed(),
    word: (id) => verdicts.now.word(id),
    ruling: () => verdicts.now.ruling(),
    members: () => membership.members(),
    lastGood,
    clock,
  });

  const loop = (sweepMs: number, round: () => Promise<void>): Loop =>
    new Loop(round, { ...patience, sweepMs, onFailure }, clock);
  const working = loop(reportMs, () => worker.round());
  listeners.push(working);
  bus.onAsked(() => working.wake());
  const loops = [
    working,
    loop(0, () => follower.follow(() => working.wake())),
    loop(0, () => verdicts.follow()),
    loop(listenMs, () => Promise.resolve(verdicts.look(follower.current()))),
    ...(settings.peer === undefined
      ? []
      : [loop(0, () => membership.follow()), loop(memberMs, () => membership.look())]),
    loop(lookMs, async () => bus.sample(await lookout.look(follower.current()))),
    loop(keepMs, () => keeper.keep()),
    loop(clientMs, () => clients.round()),
    loop(keepMs, () => clients.keep()),
    loop(journalMs, async () => {
      const journal = bus.journal();
      if (journal !== undefined) await outbox.sendAll(journal);
    }),
  ];

  const unobserve = [
    observeProxy(observed, { node, worker, haproxy: () => lookout.haproxy, bus }),
    observeTraffic({ node, cluster: () => follower.current(), traffic }),
  ];

  return {
    run: () => loops.forEach((one) => void one.run()),
    stop: async () => {
      unobserve.forEach((end) => end());
      loops.forEach((one) => one.stop());
      verdicts.stop();
      pace.stop();
      // Whatever stops next, the clients of layer 4 come back to their real servers.
      await clients.leave().catch(onFailure);
      // What is left serving is taken over at the next start.
      await (settings.leaveServing ? haproxy.leaveServing() : stopServing(haproxy, layer4));
      kernel.close();
      clients.close();
      worker.leave();
      await bus.end();
    },
  };
};

const stopServing = async (haproxy: HaproxyProcess, layer4: BothFamilies): Promise<void> => {
  await Promise.all([haproxy.stop(), layer4.clean().catch(() => undefined)]);
};
