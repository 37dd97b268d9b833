import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { RealServerId, VirtualServiceResource } from '@evenkeel/contracts';
import { connectBus } from '@evenkeel/bus';
import { freePort, until } from '@evenkeel/testing/lab';
import { VerdictStory } from './verdict-story.ts';
import type { BenchRow } from '../bench-row.ts';
import { Box } from '../box.ts';
import { startWorkers } from '../fleet.ts';
import { median, quantile } from '../times.ts';
import { HaproxyConsole } from './haproxy-console.ts';

const nodes = 20;
/** Each fails once, so that none has to prove more than another. */
const failures = 25;
const check = { kind: 'connect', interval: '1s', timeout: '500ms', fall: 2 } as const;
const movedMsMax = 2 * 1_000 + 300;
const appliedMsMax = 20;

/** Servers that die, one after the other, and when each of many nodes has its traffic off them. */
export const moved = async (): Promise<BenchRow[]> => {
  const servers = await listenAll(await freePort('0.0.0.0'));
  const box = await Box.start();
  try {
    const { NATS_URL = '', NATS_USER, NATS_PASSWORD } = await box.bus();
    const bus = await connectBus({ servers: [NATS_URL], user: NATS_USER, password: NATS_PASSWORD, name: 'bench' });
    const workers = await startWorkers(box, { from: 1, to: nodes });
    try {
      const story = new VerdictStory(bus);
      const folders = [join(box.data, 'proxy'), ...workers.folders].map((folder) => join(folder, 'haproxy'));
      const ids = await addService(box, servers);
      const areUp = (): Promise<boolean> =>
        Promise.resolve([...ids.values()].every((id) => story.stateOf(id) === 'up'));
      await until('all are up', areUp, { withinMs: 60_000, process: box.process });
      const consoles = await Promise.all(folders.map((folder) => HaproxyConsole.open(folder)));
      const times: Times[] = [];
      for (const [address, server] of servers) {
        const id = ids.get(address);
        if (id === undefined) throw new Error(`${address} is not in the service`);
        times.push(...(await fail({ id, address, server }, story, consoles)));
      }
      consoles.forEach((console) => console.close());
      return rowsOf(times);
    } finally {
      await workers.stop();
      await bus.close();
    }
  } finally {
    await box.stop();
    for (const server of servers.values()) server.close();
  }
};

/** Milliseconds until a node had taken the server out: since it died, and since the result that made the verdict. `heard`: of these, until we had the verdict. */
type Times = { readonly moved: number; readonly heard: number; readonly applied: number };

type Victim = { readonly id: RealServerId; readonly address: string; readonly server: Server };

const fail = async ({ id, address, server }: Victim, story: VerdictStory, consoles: readonly HaproxyConsole[]) => {
  const diedAtMs = Date.now();
  server.close();
  await story.whenIs(id, 'down');
  const { sinceMs: saidAtMs = NaN, heardAtMs = NaN } = story.of(id).at(-1) ?? {};
  return Promise.all(
    consoles.map(async (console): Promise<Times> => {
      const outAtMs = await console.whenOut(address);
      return { moved: outAtMs - diedAtMs, heard: heardAtMs - saidAtMs, applied: outAtMs - saidAtMs };
    }),
  );
};

const listenAll = async (port: number): Promise<ReadonlyMap<string, Server & { readonly port?: number }>> => {
  const servers = new Map<string, Server>();
  for (let number = 1; number <= failures; number += 1) {
    const server = createServer((socket) => socket.on('error', () => undefined).destroy());
    const address = `127.0.93.${number}`;
    server.listen(port, address);
    await once(server, 'listening');
    servers.set(address, server);
  }
  return servers;
};

/** By address. */
const addService = async (
  { api }: Box,
  servers: ReadonlyMap<string, Server>,
): Promise<ReadonlyMap<string, RealServerId>> => {
  const [first] = servers.values();
  const place = first?.address();
  if (place === null || typeof place !== 'object') throw new Error('nobody listens');
  await api.call('POST', '/virtual-services?wait=converged&timeout=60s', {
    label: 'DICOM',
    address: '127.0.93.150',
    ports: [place.port],
    layer: 7,
    mode: 'tcp',
    healthCheck: check,
    realServers: [...servers.keys()].map((address) => ({ label: `R-${address.split('.').at(-1)}`, address })),
  });
  const { items } = await api.get<{ items: VirtualServiceResource[] }>('/virtual-services');
  return new Map(items.flatMap(({ realServers }) => realServers.map(({ address, id }) => [address, id] as const)));
};

const rowsOf = (times: readonly Times[]): BenchRow[] => {
  const movedMs = times.map((one) => one.moved);
  const [heardMs, appliedMs] = [times.map(({ heard }) => heard), times.map(({ applied }) => applied)];
  const [slowest, p99] = [quantile(movedMs, 1), quantile(appliedMs, 0.99)];
  return [
    {
      name: `from failure to traffic moved (checks every 1 s, fall 2), the slowest of ${nodes} nodes and ${failures} failures`,
      value: slowest,
      unit: 'ms',
      target: `at most ${movedMsMax.toLocaleString('en-GB')} ms`,
      met: slowest <= movedMsMax,
    },
    { name: 'from failure to traffic moved, p50', value: median(movedMs), unit: 'ms' },
    {
      name: `from verdict to applied on ${nodes} nodes, p99`,
      value: p99,
      unit: 'ms',
      target: `at most ${appliedMsMax} ms`,
      met: p99 <= appliedMsMax,
    },
    { name: `from verdict to applied on ${nodes} nodes, p50`, value: median(appliedMs), unit: 'ms' },
    { name: 'of these: until one more reader of the bus has it, p50', value: median(heardMs), unit: 'ms' },
  ];
};
