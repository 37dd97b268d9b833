import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { WriteAnswer } from '@evenkeel/contracts';
import { makeTempFolder, thisMachine, until } from '@evenkeel/testing/lab';
import { ask, workerSocket } from '../support/ask-haproxy.ts';
import type { BenchRow } from './bench-row.ts';
import { Box } from './box.ts';
import { inTurns, median } from './times.ts';

const sizes = [5, 100, 1_000];
/** Services are added now and then. Right after one a HAProxy is still busy with its old worker, and so are we with the disk. */
const turns = { blocks: 6, perBlock: 2, pauseMs: 500 };

/** A new service, from REST request to seen running, beside a bare reload of the same file by a HAProxy of its own. */
export const run = async (): Promise<BenchRow[]> => {
  const box = await Box.start();
  try {
    const rows: BenchRow[] = [];
    for (const [index, size] of sizes.entries()) {
      await grow(box, sizes[index - 1] ?? 0, size);
      rows.push(await measure(box, size));
    }
    return rows;
  } finally {
    await box.stop();
  }
};

/** Checks are switched off: nobody answers behind these. */
const service = (number: number) => ({
  label: `service-${number}`,
  address: `127.0.87.${1 + (number % 250)}`,
  ports: [20_000 + number],
  layer: 7,
  mode: 'tcp',
  healthCheck: { kind: 'none' },
  realServers: [1, 2, 3].map((host) => ({ label: `PACS-${host}`, address: `127.0.88.${host}` })),
});

const add = ({ api }: Box, number: number): Promise<WriteAnswer> =>
  api.call<WriteAnswer>('POST', '/virtual-services?wait=converged&timeout=30s', service(number));

const grow = async ({ api }: Box, from: number, to: number): Promise<void> => {
  for (let number = from; number < to; number += 1) await api.call('POST', '/virtual-services', service(number));
  const isSeen = async (): Promise<boolean> => {
    const { items } = await api.get<{ items: { lag: number; waitingFor: string[] }[] }>('/nodes');
    return items.every(({ lag, waitingFor }) => lag === 0 && waitingFor.length === 0);
  };
  await until(`${to} services run`, isSeen, { withinMs: 60_000 });
};

const measure = async (box: Box, size: number): Promise<BenchRow> => {
  const bare = await startBare(join(box.data, 'proxy', 'haproxy'));
  try {
    let number = 10_000;
    const addOne = async (): Promise<void> => {
      const answer = await add(box, (number += 1));
      if (answer.convergence.state !== 'converged') throw new Error(JSON.stringify(answer.convergence));
      added.push(answer);
    };
    const added: WriteAnswer[] = [];
    const times = await inTurns(turns, { ours: addOne, bare: () => bare.reload() });
    for (const { resource, revision } of added) await remove(box, resource, revision);
    const [value, floor] = [median(times.ours), median(times.bare)];
    const ratio = value / floor;
    const peer = { name: 'bare reload', value: floor };
    const name = `new service seen running, among ${size.toLocaleString('en-GB')}`;
    return { name, value, unit: 'ms', peer, ratio, target: 'at most 1.5 × a bare reload', met: ratio <= 1.5 };
  } finally {
    await bare.stop();
  }
};

const remove = ({ api }: Box, resource: WriteAnswer['resource'], revision: number): Promise<unknown> => {
  const { id } = resource as { id: string };
  return api.call('DELETE', `/virtual-services/${id}`, undefined, { 'If-Match': `"${revision}"` });
};

/** A HAProxy of its own on a copy of the same files; both may listen at the same places. */
const startBare = async (original: string) => {
  const folder = await makeTempFolder('bench-bare');
  await cp(original, folder.path, { recursive: true, filter: (source) => !/\.sock$|\.pid$/.test(source) });
  const args = ['-W', '-S', 'unix@master.sock,mode,600', '-L', 'node-1', '-f', 'haproxy.cfg'];
  const process = thisMachine.spawn('sh', ['-c', `cd "$0" && exec haproxy "$@"`, folder.path, ...args]);
  const socketOf = () => workerSocket(folder.path);
  await until(
    'the bare HAProxy serves',
    () =>
      socketOf()
        .then(pidAt, () => undefined)
        .then((pid) => pid !== undefined),
    { process },
  );
  const socket = await socketOf();
  return {
    reload: async (): Promise<void> => {
      const before = await pidAt(socket);
      await askSoon(join(folder.path, 'master.sock'), 'reload');
      for (let look = 0; look < 20_000; look += 1) {
        const now = await pidAt(socket).catch(() => undefined);
        if (now !== undefined && now !== before) return;
        await rest(1);
      }
      throw new Error('the bare HAProxy did not reload');
    },
    stop: async (): Promise<void> => {
      await process.stop();
      await folder.remove();
    },
  };
};

/** The master listens anew a moment after its new worker does. */
const askSoon = async (socket: string, command: string): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await ask(socket, command);
      return;
    } catch (failure) {
      if (tries === 1_000) throw failure;
      await rest(1);
    }
  }
};

const pidAt = async (socket: string): Promise<string | undefined> =>
  /^Pid: (\d+)/m.exec(await ask(socket, 'show info'))?.[1];
