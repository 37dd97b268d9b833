import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { connectBus, NodeChannel } from '@evenkeel/bus';
import { emptyCluster, toSnapshot } from '@evenkeel/cluster';
import { ClusterName, NodeName, type NodeReport, noRevision } from '@evenkeel/contracts';
import { convergenceOf, emptyFleet, presenceOf, takeReport } from '@evenkeel/data-plane';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { freePort, LabProcess, makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { LastGood } from './last-good.ts';

// Two real workers with their real HAProxies, on a bus where nobody else is: who they are to a reader of their reports.

const root = join(import.meta.dirname, '../../..');
const main = join(root, 'services/proxy/src/main.ts');
const cluster = ClusterName.parse('radiology');
const withinMs = 40_000;
const names = ['lb-a', 'lb-b'] as const;
type Name = (typeof names)[number];

let folder: TempFolder;
let nats: EmbeddedNats;
let reader: NatsConnection;
let fleet = emptyFleet;
const workers = new Map<Name, LabProcess>();
const ports = new Map<Name, number>();

const start = (name: Name): void => {
  const variables = {
    EVENKEEL_NODE: name,
    EVENKEEL_PROXY_FOLDER: join(folder.path, name),
    EVENKEEL_PEER_ADDRESS: name === 'lb-a' ? '127.0.9.1' : '127.0.9.2',
    EVENKEEL_PEER_PORT: String(ports.get(name)),
    EVENKEEL_LEAVE_SERVING: 'yes',
    NATS_URL: nats.url,
    NATS_USER: nats.user,
    NATS_PASSWORD: nats.password,
  };
  const hooks = ['--import', join(root, 'tools/ts-hooks.mjs')];
  workers.set(name, LabProcess.start(process.execPath, [...hooks, main], variables));
};

beforeAll(async () => {
  folder = await makeTempFolder('fleet');
  nats = await startNats({ folder: join(folder.path, 'nats') });
  reader = await connectBus({ servers: [nats.url], user: nats.user, password: nats.password, name: 'reader' });
  new NodeChannel(reader, cluster).onReport((report) => (fleet = takeReport(fleet, report, performance.now())));
  const nothing = { snapshot: toSnapshot(emptyCluster), verdicts: [], reasons: [], wereSilent: false, members: [] };
  for (const name of names) {
    ports.set(name, await freePort());
    await new LastGood(join(folder.path, name, 'last-served.json')).write(nothing);
    start(name);
  }
}, 60_000);
afterAll(async () => {
  for (const worker of workers.values()) await worker.stop();
  for (const { haproxy } of names.map(reportOf)) if (haproxy !== undefined) endOf(haproxy.pid);
  await reader.close();
  await nats.stop();
  await folder.remove();
}, 60_000);

/** HAProxy serves on without its worker. Its master ends when the process that serves does. */
const endOf = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone
  }
};

const heard = (name: Name) => fleet.get(NodeName.parse(name));
const reportOf = (name: Name): NodeReport => {
  const report = heard(name)?.report;
  if (report === undefined) throw new Error(`${name} has not reported`);
  return report;
};
const is = (name: Name, presence: ReturnType<typeof presenceOf>): Promise<void> =>
  until(
    `${name} is ${presence}`,
    () => {
      const node = heard(name);
      return Promise.resolve(node !== undefined && presenceOf(node, performance.now()) === presence);
    },
    { withinMs },
  );
const shareTables = (): Promise<void> =>
  until(
    'both share tables',
    () => {
      const peers = names.map((name) => heard(name)?.report.peers?.join());
      return Promise.resolve(peers.join(' ') === 'lb-b lb-a' && names.every((name) => reportOf(name).haproxy));
    },
    { withinMs },
  );
const pidsNow = () => names.map((name) => reportOf(name).haproxy?.pid);
const convergence = () => convergenceOf(fleet, noRevision, performance.now());

it('two workers share their tables as soon as each knows of the other', async () => {
  await shareTables();
  await Promise.all(names.map((name) => is(name, 'live')));
  expect(convergence()).toMatchObject({ state: 'converged', silent: [] });
}, 90_000);

it('a paused worker is silent and not waited for; when it is back it needs no reload, and nobody else did', async () => {
  await shareTables();
  await until('HAProxy has settled', async () => {
    const before = pidsNow().join();
    await rest(3_000); // longer than a report takes, and the gathering of changes
    return before === pidsNow().join();
  });
  const [before, run] = [pidsNow(), reportOf('lb-b').run];
  workers.get('lb-b')?.pause();
  await is('lb-b', 'silent');
  expect(convergence()).toMatchObject({ state: 'converged', nodes: [{ node: 'lb-a' }], silent: ['lb-b'] });
  workers.get('lb-b')?.resume();
  await is('lb-b', 'live');
  await shareTables();
  expect(reportOf('lb-b')).toMatchObject({ run, reloadReasons: [], waitingFor: [] });
  expect(pidsNow()).toEqual(before);
}, 120_000);

it('a worker that is stopped has left, its peers stay as they are, and its restart reloads nobody', async () => {
  await shareTables();
  const before = pidsNow();
  await workers.get('lb-b')?.stop();
  await is('lb-b', 'left');
  expect(convergence()).toMatchObject({ state: 'converged', nodes: [{ node: 'lb-a' }], silent: [] });
  expect(reportOf('lb-a').peers).toEqual(['lb-b']);
  start('lb-b');
  await is('lb-b', 'live');
  await shareTables();
  expect(pidsNow()).toEqual(before);
}, 120_000);
