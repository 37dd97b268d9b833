import { join } from 'node:path';
import type { VirtualServiceResource } from '@evenkeel/contracts';
import { makeTempFolder, thisMachine, until } from '@evenkeel/testing/lab';
import type { BenchRow } from './bench-row.ts';
import { Box, nodeArguments } from './box.ts';
import { runtimeChanges } from './runtime-changes.ts';
import { inTurns, median, quantile } from './times.ts';

const workers = 20;
const turns = { blocks: 8, perBlock: 10 };

/** The same change on many nodes of one cluster: the box's own, and the others in one more process, each with its HAProxy. */
export const run = async (): Promise<BenchRow[]> => {
  const box = await Box.start();
  try {
    const others = await startWorkers(box, workers - 1);
    try {
      const [server] = (await addService(box)).realServers;
      if (server === undefined) throw new Error('the service has no real server');
      const { weight, intent } = await inTurns(turns, runtimeChanges(box, server));
      return rowsOf([...weight, ...intent]);
    } finally {
      await others.stop();
    }
  } finally {
    await box.stop();
  }
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

const addService = async ({ api }: Box): Promise<VirtualServiceResource> => {
  await api.call('POST', '/virtual-services?wait=converged&timeout=60s', service);
  const { items } = await api.get<{ items: VirtualServiceResource[] }>('/virtual-services');
  if (items[0] === undefined) throw new Error('no service was added');
  return items[0];
};

const startWorkers = async (box: Box, count: number) => {
  const folder = await makeTempFolder('bench-fleet');
  const script = join(import.meta.dirname, 'workers-main.ts');
  const process = thisMachine.spawn('node', [...nodeArguments, script, String(count), folder.path], await box.bus());
  const stop = async (): Promise<void> => {
    await process.stop(20_000);
    await folder.remove();
  };
  const areHere = async (): Promise<boolean> =>
    (await box.api.get<{ items: unknown[] }>('/nodes')).items.length === count + 1;
  try {
    await until(`${count} more nodes report`, areHere, { withinMs: 60_000, process });
    return { stop };
  } catch (failure) {
    await stop();
    throw failure;
  }
};

const rowsOf = (times: readonly number[]): BenchRow[] => {
  const half = median(times);
  return [
    {
      name: `change seen running on ${workers} nodes, each with a HAProxy, p50`,
      value: half,
      unit: 'ms',
      target: 'at most 10 ms',
      met: half <= 10,
    },
    { name: `change seen running on ${workers} nodes, p99`, value: quantile(times, 0.99), unit: 'ms' },
  ];
};
