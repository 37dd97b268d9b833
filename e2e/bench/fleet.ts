import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { VirtualServiceResource } from '@evenkeel/contracts';
import { type LabProcess, makeTempFolder, thisMachine, until } from '@evenkeel/testing/lab';
import type { BenchRow } from './bench-row.ts';
import { Box, nodeArguments } from './box.ts';
import { runtimeChanges } from './runtime-changes.ts';
import { inTurns, median, quantile } from './times.ts';
import { memoryOf, processorMs, withDescendants } from './usage.ts';

type Size = { readonly nodes: number; readonly goal: Goal };
type Goal = { readonly of: 'p50' | 'p99'; readonly ms: number };
const sizes: readonly Size[] = [
  { nodes: 20, goal: { of: 'p50', ms: 10 } },
  { nodes: 50, goal: { of: 'p99', ms: 30 } },
];
const turns = { blocks: 8, perBlock: 10 };
const idleSeconds = 20;

/** The same change on many nodes of one cluster, each with a HAProxy of its own: the box's node, and more in a process a size. */
export const run = async (): Promise<BenchRow[]> => {
  const box = await Box.start();
  const more: Workers[] = [];
  try {
    const rows: BenchRow[] = [];
    for (const size of sizes) {
      more.push(await startWorkers(box, { from: more.reduce((sum, { count }) => sum + count, 1), to: size.nodes }));
      rows.push(...(await measure(box, size)));
    }
    return [...rows, ...(await idle(more))];
  } finally {
    for (const { stop } of more) await stop();
    await box.stop();
  }
};

const measure = async (box: Box, { nodes, goal }: Size): Promise<BenchRow[]> => {
  const [server] = (await theService(box)).realServers;
  if (server === undefined) throw new Error('the service has no real server');
  const { weight, intent } = await inTurns(turns, runtimeChanges(box, server));
  const times = [...weight, ...intent];
  return (['p50', 'p99'] as const).map((of) => {
    const value = of === 'p50' ? median(times) : quantile(times, 0.99);
    const row = { name: `change seen running on ${nodes} nodes, each with a HAProxy, ${of}`, value, unit: 'ms' };
    return of === goal.of ? { ...row, target: `at most ${goal.ms} ms`, met: value <= goal.ms } : row;
  });
};

/** Layer 7 only: all of these nodes share one kernel, and so one table of nftables. Nobody answers, so nothing is checked. */
const service = {
  label: 'DICOM',
  address: '127.0.89.150',
  ports: [20_104],
  layer: 7,
  mode: 'tcp',
  healthCheck: { kind: 'none' },
  realServers: [1, 2, 3].map((host) => ({ label: `PACS-${host}`, address: `127.0.89.20${host}` })),
};

const theService = async ({ api }: Box): Promise<VirtualServiceResource> => {
  const find = () => api.get<{ items: VirtualServiceResource[] }>('/virtual-services');
  if ((await find()).items.length === 0)
    await api.call('POST', '/virtual-services?wait=converged&timeout=60s', service);
  const [found] = (await find()).items;
  if (found === undefined) throw new Error('no service was added');
  return found;
};

export type Workers = {
  readonly count: number;
  readonly process: LabProcess;
  /** Of each, what it keeps. */
  readonly folders: readonly string[];
  readonly stop: () => Promise<void>;
};

export const startWorkers = async (
  box: Box,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Workers> => {
  const folder = await makeTempFolder('bench-fleet');
  const script = join(import.meta.dirname, 'workers-main.ts');
  const args = [...nodeArguments, script, String(from), String(to), folder.path];
  const folders = Array.from({ length: to - from }, (_, index) => join(folder.path, `more-${from + index}`));
  const process = thisMachine.spawn('node', args, await box.bus());
  const stop = async (): Promise<void> => {
    await process.stop(20_000);
    await folder.remove();
  };
  const areHere = async (): Promise<boolean> => (await box.api.get<{ items: unknown[] }>('/nodes')).items.length === to;
  try {
    await until(`${to} nodes report`, areHere, { withinMs: 120_000, process });
    return { count: to - from, process, folders, stop };
  } catch (failure) {
    await stop();
    throw failure;
  }
};

/** What a worker takes, its HAProxy included, while nothing happens. */
const idle = async (more: readonly Workers[]): Promise<BenchRow[]> => {
  const pids = (await Promise.all(more.map(({ process }) => withDescendants(process.pid)))).flat();
  const count = more.reduce((sum, workers) => sum + workers.count, 0);
  const total = async (of: (pid: number) => Promise<number>): Promise<number> =>
    (await Promise.all(pids.map(of))).reduce((sum, one) => sum + one, 0);
  const beforeMs = await total(processorMs);
  await rest(idleSeconds * 1_000);
  const usedMs = (await total(processorMs)) - beforeMs;
  return [
    { name: 'idle worker with its HAProxy: processor time', value: usedMs / idleSeconds / count, unit: 'ms per s' },
    { name: 'idle worker with its HAProxy: memory (PSS)', value: (await total(memoryOf)) / count, unit: 'MiB' },
  ];
};
