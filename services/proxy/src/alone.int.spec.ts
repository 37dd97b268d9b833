import { join } from 'node:path';
import { emptyCluster, toSnapshot } from '@evenkeel/cluster';
import { freePort, LabProcess, makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LastGood } from './last-good.ts';

// A worker with its real HAProxy and nobody else: no NATS, so neither config nor Postgres.

const root = join(import.meta.dirname, '../../..');
let folder: TempFolder;
let worker: LabProcess;
let operations: string;
beforeEach(async () => {
  folder = await makeTempFolder('proxy-alone');
});
afterEach(async () => {
  worker.kill('SIGTERM');
  await until('the worker ends, though its bus never came', () => Promise.resolve(worker.hasExited), {
    withinMs: 10_000,
  }).finally(() => worker.kill('SIGKILL'));
  await folder.remove();
});

const startAlone = async (): Promise<void> => {
  const [nowhere, port] = [await freePort(), await freePort()];
  operations = `http://127.0.0.1:${port}`;
  const main = join(root, 'services/proxy/src/main.ts');
  worker = LabProcess.start(process.execPath, ['--import', join(root, 'tools/ts-hooks.mjs'), main], {
    EVENKEEL_NODE: 'lb-a',
    EVENKEEL_PROXY_FOLDER: folder.path,
    EVENKEEL_OPERATIONS_PORT: String(port),
    NATS_URL: `127.0.0.1:${nowhere}`,
  });
  await until('the worker runs', () => Promise.resolve(worker.lastWords.includes('Evenkeel proxy is ready')), {
    withinMs: 20_000,
    process: worker,
  });
};
const get = async (path: string): Promise<{ status: number; lines: string[] }> => {
  const response = await fetch(`${operations}${path}`);
  return { status: response.status, lines: (await response.text()).trim().split('\n') };
};

it('is ready when it serves what it served last, and says that it is degraded', async () => {
  const nothing = { snapshot: toSnapshot(emptyCluster), verdicts: [], reasons: [], wereSilent: false, members: [] };
  await new LastGood(join(folder.path, 'last-served.json')).write(nothing);
  await startAlone();
  await until('the worker serves', async () => (await get('/startupz')).status === 200, { process: worker });
  const { status, lines } = await get('/readyz?verbose');
  expect([status, lines[0]]).toEqual([200, 'degraded']);
  expect(lines.filter((line) => line.startsWith('[-]'))).toEqual([
    '[-] proxy nats: no connection; what was known last is served',
  ]);
}, 60_000);

it('is not started while it has nothing to serve', async () => {
  await startAlone();
  expect((await get('/startupz')).status).toBe(503);
  expect(await get('/readyz')).toEqual({ status: 503, lines: ['not ready'] });
  expect((await get('/livez')).status).toBe(200);
}, 60_000);
