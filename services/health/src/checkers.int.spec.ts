import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { BallotBox, ConfigStream, connectBus, Journal, VerdictBucket, VerdictMirror } from '@evenkeel/bus';
import { emptyCluster, evolve, overviewOf } from '@evenkeel/cluster';
import { ClusterName, clusterLog, type ProbeResult, type Verdict } from '@evenkeel/contracts';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { Loop } from '@evenkeel/kernel';
import { SystemClock } from '@evenkeel/kernel/system';
import { emptyTail, seal } from '@evenkeel/ledger';
import { aCommit, aRealServerSpec, aServiceSpec, realServerId, virtualServiceId } from '@evenkeel/testing';
import { LabProcess, makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { Council, Prober, targetsOf } from '@evenkeel/verdicts';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';

// Real health processes on a real bus, which share one real server; one more, here, that takes everything for dead.

const root = join(import.meta.dirname, '../../..');
const main = join(root, 'services/health/src/main.ts');
const cluster = ClusterName.parse('radiology');
const id = realServerId(2);
const withinMs = 40_000;

let folder: TempFolder;
let nats: EmbeddedNats;
let connection: NatsConnection;
let server: Server;
let port: number;
let mirror: VerdictMirror;
/** Every state that readers were told, without repetitions. */
const story: string[] = [];
const clock = new SystemClock();
const patience = { sweepMs: 0, retryMinMs: 50, retryMaxMs: 200, onFailure: () => undefined };
const mirroring = new Loop(() => mirror.follow(() => tellStory()), patience, clock);
const checkers = new Map<string, LabProcess>();
let book = emptyCluster;

const tellStory = (): void => {
  const state = mirror.current().get(id)?.state ?? 'none';
  if (story.at(-1) !== state) story.push(state);
};
const listen = async (): Promise<void> => {
  server = createServer((socket) => socket.on('error', () => undefined).destroy()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
};
const startChecker = (name: string): void => {
  const variables = { EVENKEEL_CHECKER: name, NATS_URL: nats.url, NATS_USER: nats.user, NATS_PASSWORD: nats.password };
  const hooks = ['--import', join(root, 'tools/ts-hooks.mjs')];
  checkers.set(name, LabProcess.start(process.execPath, [...hooks, main], variables));
};
const verdict = (): Verdict | undefined => mirror.current().get(id);
const votes = (): string => (verdict()?.votes ?? []).map(({ checker, state }) => `${checker} ${state}`).join(', ');
const votesBecome = (what: string): Promise<void> =>
  until(`the votes are ${what}`, () => Promise.resolve(votes() === what), { withinMs });
const becomes = (state: Verdict['state']): Promise<void> =>
  until(`it is ${state}`, () => Promise.resolve(verdict()?.state === state), { withinMs });
/** What the journal tells, in the order in which it happened. Two that start at once may both tell the beginning. */
const written = async (): Promise<readonly string[]> => {
  const { entries } = await new Journal(connection, cluster).find(() => true, 100);
  const told = entries
    .map((entry) => {
      if (entry.kind !== 'verdict-changed') return { at: entry.time, what: entry.kind };
      return { at: entry.since ?? entry.time, what: `${entry.from} ${entry.to}` };
    })
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
    .map(({ what }) => what);
  return told.filter((what, index) => !(what === 'none up' && told[index - 1] === what));
};

beforeAll(async () => {
  folder = await makeTempFolder('checkers-spec');
  nats = await startNats({ folder: folder.path });
  connection = await connectBus({ servers: [nats.url], user: nats.user, password: nats.password, name: 'spec' });
  port = 0;
  await listen();
  const healthCheck = { kind: 'connect', interval: '500ms', timeout: '400ms' } as const;
  const events = [
    {
      kind: 'VirtualServiceAdded',
      virtualServiceId: virtualServiceId(1),
      number: 1,
      service: aServiceSpec({ label: 'DICOM', ports: [104], healthCheck }),
    },
    {
      kind: 'RealServerAdded',
      virtualServiceId: virtualServiceId(1),
      realServerId: id,
      number: 2,
      realServer: aRealServerSpec({ address: '127.0.0.1', port }),
    },
  ] as const;
  const { commitId, time, actor, entities } = aCommit({ events: [...events] });
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
  const sealed = seal({ commitId, time, actor, entities, events: [...events] }, emptyTail(clusterLog(cluster)), hashOf);
  const stream = await ConfigStream.open(connection, cluster);
  await stream.lastRevision(); // makes it
  await stream.publish([sealed]);
  book = evolve(book, sealed.commit, sealed.hash);
  mirror = new VerdictMirror(new VerdictBucket(connection));
  void mirroring.run();
  startChecker('health-1');
  startChecker('health-2');
}, 60_000);
afterAll(async () => {
  for (const checker of checkers.values()) await checker.stop();
  mirroring.stop();
  server.close();
  await connection.close();
  await nats.stop();
  await folder.remove();
}, 60_000);

it('two checkers find each other, and the verdict counts both', async () => {
  await votesBecome('health-1 up, health-2 up');
  expect(story.slice(-1)).toEqual(['up']);
}, 60_000);

it('one that is paused is done without, and changes nothing when it goes on', async () => {
  checkers.get('health-1')?.pause();
  await until('the other speaks', () => Promise.resolve(verdict()?.checker === 'health-2'), { withinMs });
  server.close();
  await becomes('down');
  await rest(11_000); // so long that health-1 could take it for a silence
  checkers.get('health-1')?.resume();
  await votesBecome('health-1 down, health-2 down');
  await listen();
  await becomes('up');
  expect(story.slice(-3)).toEqual(['up', 'down', 'up']);
  await until('it is in the journal', async () => (await written()).at(-1) === 'down up', { withinMs });
}, 120_000);

it('one that was killed is missed by nobody, and is back without a flap', async () => {
  await votesBecome('health-1 up, health-2 up');
  const before = story.length;
  checkers.get('health-2')?.kill();
  await until('nobody counts it', () => Promise.resolve(votes() === '' && verdict()?.checker === 'health-1'), {
    withinMs,
  });
  startChecker('health-2');
  await votesBecome('health-1 up, health-2 up');
  expect(story.length).toBe(before);
}, 120_000);

it('one that takes everything for dead takes nobody out, and the overview says that they disagree', async () => {
  const before = story.length;
  const ballots = new BallotBox(connection, cluster);
  const council = new Council(
    { checker: 'health-3', run: 'spec', votersMax: 3, send: (ballot) => ballots.send(ballot), onTwin: () => undefined },
    clock,
  );
  const dead = (): Promise<ProbeResult> =>
    Promise.resolve({
      outcome: 'failed',
      reason: 'connect-timeout',
      detail: 'nothing came back',
      latencyMs: 1,
      at: new Date().toISOString(),
    });
  const options = { checker: 'health-3', probesMax: 10, refreshMs: 10_000, onFailure: () => undefined };
  const prober = new Prober(dead, new VerdictBucket(connection), options, clock, Math.random, council);
  const stopHearing = ballots.onBallot((ballot) => council.hear(ballot));
  council.expectOthers();
  const over = [council.run(), prober.run()];
  prober.want(targetsOf(book));
  try {
    await votesBecome('health-1 up, health-2 up, health-3 down');
    expect(verdict()).toMatchObject({ state: 'up', reason: 'check-passed' });
    expect(verdict()?.detail).toContain('health-3 says down (connect-timeout)');
    const [row] = overviewOf(book, mirror.current()).services[0]?.realServers ?? [];
    expect(row).toMatchObject({ state: 'up', reason: 'votes-split' });
  } finally {
    prober.stop();
    council.stop();
    await Promise.all(over);
    stopHearing();
  }
  await votesBecome('health-1 up, health-2 up');
  expect(story.length).toBe(before);
}, 120_000);

it('the journal has each later change once, and of a silence nothing: somebody has always checked', async () => {
  expect(await written()).toEqual(['none up', 'up down', 'down up']);
});
