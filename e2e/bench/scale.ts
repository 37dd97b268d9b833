import type { RealServerResource, VirtualServiceResource } from '@evenkeel/contracts';
import { until } from '@evenkeel/testing/lab';
import type { BenchRow } from './bench-row.ts';
import { Box } from './box.ts';
import { runtimeChanges } from './runtime-changes.ts';
import { median, timesOf } from './times.ts';
import { processorMs, programOf, withDescendants } from './usage.ts';

const sizes = [10, 1_000, 10_000];
const warmUp = 20;
const changes = 100;

/** What one small change costs in a small cluster and in large ones: it should be what changed that costs, not the rest. */
export const run = async (): Promise<BenchRow[]> => {
  const box = await Box.start();
  try {
    const rows: BenchRow[] = [];
    for (const size of sizes) {
      const [server] = await grow(box, size);
      if (server === undefined) throw new Error('a service has no real server');
      rows.push(...(await measure(box, server, size)));
    }
    return rows;
  } finally {
    await box.stop();
  }
};

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

/** Checks are switched off: nobody answers behind these. */
const service = (number: number) => ({
  label: `service-${number}`,
  address: `127.0.${90 + Math.floor(number / 250)}.${1 + (number % 250)}`,
  ports: [20_104],
  layer: 7,
  mode: 'tcp',
  healthCheck: { kind: 'none' },
  realServers: machinesOf(Math.floor(number / perApplication)).map((address, index) => ({
    label: `PACS-${index + 1}`,
    address,
  })),
});

const perScope = 500;

/** As in the reference deployment. */
const perApplication = 5;

/** Two of its own for each application. */
const machinesOf = (application: number): string[] =>
  [0, 1].map((machine) => `127.1.${Math.floor(application / 100)}.${1 + 2 * (application % 100) + machine}`);

/** In documents of one scope each: a body has its limit. */
const grow = async ({ api }: Box, size: number): Promise<readonly RealServerResource[]> => {
  for (let first = 0; first < size; first += perScope) {
    await api.call('POST', '/configuration/apply', {
      document: {
        apiVersion: 'evenkeel/v1',
        kind: 'ClusterConfiguration',
        metadata: { scope: `from-${first}` },
        virtualServices: numbers(first, Math.min(size, first + perScope)).map(service),
      },
    });
  }
  const isSeen = async (): Promise<boolean> => {
    const { items } = await api.get<{ items: { lag: number; waitingFor: string[] }[] }>('/nodes');
    return items.every(({ lag, waitingFor }) => lag === 0 && waitingFor.length === 0);
  };
  await until(`${size} services run`, isSeen, { withinMs: 120_000 });
  const { items } = await api.get<{ items: VirtualServiceResource[] }>('/virtual-services?limit=1');
  return items[0]?.realServers ?? [];
};

const measure = async (box: Box, server: RealServerResource, size: number): Promise<BenchRow[]> => {
  const { weight } = runtimeChanges(box, server);
  await timesOf(warmUp, weight);
  const before = await usage(box);
  const times = await timesOf(changes, (turn) => weight(turn + warmUp));
  const after = await usage(box);
  const among = `among ${size.toLocaleString('en-GB')} services`;
  return [
    { name: `change of a weight seen running, ${among}, p50`, value: median(times), unit: 'ms' },
    ...[...after].flatMap(([name, ms]) => {
      const value = (ms - (before.get(name) ?? 0)) / changes;
      return value < 0.05 ? [] : [{ name: `processor time of ${name} for it, ${among}`, value, unit: 'ms' }];
    }),
  ];
};

/** Milliseconds of processor time so far, by program. */
const usage = async ({ process }: Box): Promise<ReadonlyMap<string, number>> => {
  const used = new Map<string, number>();
  for (const pid of await withDescendants(process.pid)) {
    const name = pid === process.pid ? 'the appliance' : await programOf(pid);
    used.set(name, (used.get(name) ?? 0) + (await processorMs(pid)));
  }
  return used;
};
