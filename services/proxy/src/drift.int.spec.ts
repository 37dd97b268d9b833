import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSnapshot } from '@evenkeel/cluster';
import type { Hash, IntentState, JournalNews, RealServerState } from '@evenkeel/contracts';
import { NodeName } from '@evenkeel/contracts';
import { Layer4Engine, Layer7Engine, Reconciler } from '@evenkeel/data-plane';
import { HaproxyDoor, HaproxyProcess, RuntimeApi } from '@evenkeel/haproxy';
import { Loop } from '@evenkeel/kernel';
import { sha256, SystemClock } from '@evenkeel/kernel/system';
import { KernelNftables } from '@evenkeel/nftables';
import { aRealServer, aSnapshot, aVirtualService, realServerId, virtualServiceId } from '@evenkeel/testing';
import {
  createLab,
  describeNeeding,
  freePort,
  type Lab,
  type LabHost,
  makeTempFolder,
  type TempFolder,
  until,
} from '@evenkeel/testing/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { restartNews } from './restart-news.ts';
import { Worker } from './worker.ts';

// One worker with a real HAProxy on loopback and the real kernel of a network namespace. Nobody tells it that anything has
// happened: it must look.

const sweepMs = 500;
/** Several sweeps of a busy machine. */
const withinMs = 20_000;
const clock = new SystemClock();
const hash = (text: string): Hash => sha256(text) as Hash;

const online: IntentState = { intent: 'online' };
type Wish = { readonly weight?: number; readonly intent?: IntentState; readonly isThere?: boolean };

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
)('what somebody else does to a node', () => {
  let folder: TempFolder;
  let lab: Lab;
  let kernelHost: LabHost;
  let haproxy: HaproxyProcess;
  let kernel: KernelNftables;
  let loop: Loop;
  let running: Promise<void>;
  let port: number;
  let news: JournalNews[];
  let lastSeen: () => number | undefined;
  let wish: (second: Wish) => void;

  beforeAll(async () => {
    port = await freePort();
    folder = await makeTempFolder('drift');
    lab = await createLab({ hosts: [{ name: 'node', links: [{ switch: 'lan', address: '192.168.85.20/24' }] }] });
    kernelHost = lab.host('node');
    const prefix = ['ip', 'netns', 'exec', kernelHost.namespace];
    kernel = new KernelNftables({ prefix, mayEnableForwarding: true });
    haproxy = new HaproxyProcess({
      folder: join(folder.path, 'haproxy'),
      nodeName: 'lb-a',
      onIncident: (incident) => {
        const restart = restartNews(incident);
        if (restart !== undefined) news.push(restart);
        loop.wake();
      },
    });
    await haproxy.boot();
    news = [];

    let revision = 1;
    let cluster = clusterAt(port, revision, {});
    wish = (second) => {
      revision += 1;
      cluster = clusterAt(port, revision, second);
      loop.wake();
    };
    const engines = [new Layer7Engine(new HaproxyDoor(haproxy), hash), new Layer4Engine(kernel)];
    const worker = new Worker({
      node: { name: NodeName.parse('lb-a'), peers: [], maxSockets: 1_000 },
      run: 'spec',
      version: '0.1.0',
      follower: { current: () => cluster },
      verdicts: () => noVerdicts,
      backSince: () => undefined,
      ruling: () => ({ by: 'health' }),
      reconciler: new Reconciler(engines, clock, hash),
      layer4: () => ({ state: 'able' }),
      haproxy: () => undefined,
      publish: () => undefined,
      onNews: (one) => news.push(one),
      sweepMs,
      clock,
    });
    lastSeen = () => worker.lastReport()?.observed;
    const options = { sweepMs: 50, retryMinMs: 50, retryMaxMs: 200, onFailure: () => undefined };
    loop = new Loop(() => worker.round(), options, clock);
    running = loop.run();
    await until('it serves', () => Promise.resolve(lastSeen() === 1), { withinMs });
  }, 60_000);
  afterAll(async () => {
    loop.stop();
    await running;
    await haproxy.stop(0);
    kernel.close();
    await lab.dispose();
    await folder.remove();
  });
  beforeEach(() => void (news.length = 0));

  const repairs = () => news.flatMap((one) => (one.kind === 'drift-repaired' ? [one] : []));
  const isTold = (kind: JournalNews['kind']): Promise<void> =>
    until(`${kind} is in the journal`, () => Promise.resolve(news.some((one) => one.kind === kind)), { withinMs });
  const nft = async (...args: string[]): Promise<string> => (await kernelHost.run('nft', args)).stdout;
  /** In no particular order: what was made again is listed last. */
  const table = async (): Promise<string[]> => (await nft('list', 'table', 'ip', 'evenkeel')).split('\n').toSorted();
  const askHaproxy = async (...commands: string[]): Promise<readonly string[]> =>
    new RuntimeApi(haproxy.workerSocket ?? '').ask(commands);
  const statesOf = async (): Promise<string> => (await askHaproxy('show servers state vs1')).join('\n');

  it('an edit through the socket of HAProxy is put right, and told with what was found', async () => {
    await askHaproxy('set server vs1/rs2 weight 1', 'set server vs1/rs3 state maint');
    await isTold('drift-repaired');
    expect(repairs()).toMatchObject([
      {
        engine: 'haproxy',
        found: ['vs1/rs2 has weight 1', 'vs1/rs3 is maint'],
        done: 'runtime',
        left: [],
        entities: [virtualServiceId(1), realServerId(2), realServerId(3)],
      },
    ]);
    expect(await askHaproxy('get weight vs1/rs2')).toEqual([expect.stringContaining('100 (initial 100)')]);
  });

  it('a real server that was deleted from HAProxy is put back', async () => {
    await askHaproxy('set server vs1/rs3 state maint', 'del server vs1/rs3');
    await isTold('drift-repaired');
    await until('it is back', async () => (await statesOf()).includes(' rs3 '), { withinMs });
    expect(repairs().flatMap(({ found }) => found)).toContainEqual(expect.stringContaining('vs1/rs3 is'));
  });

  it('HAProxy that is killed is started again, and told with how long it was away', async () => {
    process.kill((await haproxy.status())?.pid ?? 0, 'SIGKILL');
    await isTold('haproxy-restarted');
    expect(news[0]).toMatchObject({ kind: 'haproxy-restarted', failedStarts: 0, downMs: expect.any(Number) });
    await until('it serves', async () => (await statesOf()).includes(' rs2 '), { withinMs });
    // It came back as it was; a sweep may have met the gap.
    expect(repairs().flatMap(({ found }) => found.filter((words) => words !== 'HAProxy was not running'))).toEqual([]);
  });

  it('a table that is flushed is filled again', async () => {
    const before = await table();
    await nft('flush', 'table', 'ip', 'evenkeel');
    await isTold('drift-repaired');
    const [repair] = repairs();
    expect(repair).toMatchObject({ engine: 'nftables', done: 'runtime', left: [] });
    expect(repair?.found).toContain('chain service_5 is different');
    expect(repair?.entities).toContain(virtualServiceId(5));
    expect(await table()).toEqual(before);
  });

  it('a table that is deleted is made again', async () => {
    await nft('delete', 'table', 'ip', 'evenkeel');
    await isTold('drift-repaired');
    expect(repairs()).toMatchObject([{ engine: 'nftables', found: ['table evenkeel is missing'], left: [] }]);
  });

  it('a map that lost an element has it again', async () => {
    const before = await table();
    const rules = await nft('-a', 'list', 'chain', 'ip', 'evenkeel', 'service_5');
    const handle = /numgen random mod 2 vmap .* # handle (\d+)/.exec(rules)?.[1] ?? '';
    const halved = 'numgen random mod 2 vmap { 0 : jump server_6 }';
    await nft('replace', 'rule', 'ip', 'evenkeel', 'service_5', 'handle', handle, ...halved.split(' '));
    await isTold('drift-repaired');
    expect(repairs()).toMatchObject([
      { engine: 'nftables', found: ['chain service_5 is different'], entities: [virtualServiceId(5)], left: [] },
    ]);
    expect(await table()).toEqual(before);
  });

  it('is never what the node itself has written, however late', async () => {
    const changes: readonly Wish[] = [
      { weight: 7 },
      { intent: { intent: 'drain', clients: 'keep' } },
      { intent: { intent: 'halt', connections: 'finish' }, weight: 3 },
      { isThere: false },
      { weight: 9 },
      { isThere: false },
      {},
    ];
    for (const [index, change] of changes.entries()) {
      wish(change);
      await until('it is seen', () => Promise.resolve(lastSeen() === index + 2), { withinMs });
      await clock.rest(sweepMs / 3).over; // sweeps fall before, between and after the late writes
    }
    const file = join(folder.path, 'haproxy', 'servers.state');
    await until('the last of it is on the disk', async () => (await readFile(file, 'utf8')).includes(' rs3 '));
    await clock.rest(2 * sweepMs).over;
    expect(news).toEqual([]);
  }, 60_000);
});

const noVerdicts = new Map<never, never>();

/** A service on each layer with two real servers, the second of each as wished. */
const clusterAt = (port: number, revision: number, second: Wish) => {
  const { weight = 100, intent = online, isThere = true } = second;
  const at = (number: number, service: number, last: number): RealServerState =>
    aRealServer({
      number,
      virtualServiceId: virtualServiceId(service),
      spec: { label: `PACS${number}`, address: `192.168.85.${last}` },
    });
  const changed = (server: RealServerState): RealServerState[] =>
    isThere ? [{ ...server, intent, spec: { ...server.spec, weight } }] : [];
  const snapshot = aSnapshot(
    [
      aVirtualService({ number: 1, spec: { address: '127.0.0.1', ports: [port] } }),
      aVirtualService({
        number: 5,
        spec: { label: 'Check', ports: [137], layer: 4, mode: 'tcp-udp', balance: 'random' },
      }),
    ],
    [at(2, 1, 200), ...changed(at(3, 1, 201)), at(6, 5, 200), ...changed(at(7, 5, 201))],
  );
  return { ...fromSnapshot(snapshot), revision: revision as typeof snapshot.revision };
};
