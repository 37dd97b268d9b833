import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, LabProcess, makeTempFolder, runOrThrow, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

// One box in a process of its own, as `npm start` runs it, with every line that it can write.

const root = join(import.meta.dirname, '../../..');
let folder: TempFolder;
let box: LabProcess;
let operations: string;
let api: string;
let output: string;

beforeAll(async () => {
  folder = await makeTempFolder('operations-spec');
  const [port, httpsPort] = [await freePort(), await freePort()];
  operations = `http://127.0.0.1:${port}`;
  api = `https://127.0.0.1:${httpsPort}/api/v1`;
  output = join(folder.path, 'output');
  const node = [join(root, 'node_modules/.bin/node'), '--import', join(root, 'tools/ts-hooks.mjs')];
  const main = join(root, 'services/appliance/src/main.ts');
  await writeFile(output, '');
  // To a file: what a LabProcess keeps is only the end.
  box = LabProcess.start('sh', ['-c', `exec ${[...node, main].join(' ')} >${output} 2>&1`], {
    EVENKEEL_DATA: join(folder.path, 'data'),
    EVENKEEL_HTTPS_PORT: String(httpsPort),
    EVENKEEL_OPERATIONS_PORT: String(port),
    EVENKEEL_LOG_LEVEL: 'debug',
  });
  await until('the box is ready', async () => (await written()).includes('Evenkeel is ready'), {
    withinMs: 60_000,
    process: box,
  });
}, 90_000);
afterAll(async () => {
  box?.kill('SIGTERM');
  await box?.exited;
  await folder?.remove();
}, 60_000);

const written = (): Promise<string> => readFile(output, 'utf8');
const get = async (path: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${operations}${path}`);
  return { status: response.status, text: await response.text() };
};
const secretOf = async (file: string): Promise<string> =>
  (await readFile(join(folder.path, 'data', file), 'utf8')).trim();

/** The values of one metric, by its labels as Prometheus writes them. */
const samples = async (name: string): Promise<ReadonlyMap<string, number>> => {
  const { text } = await get('/metrics');
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'));
  return new Map([...lines].map(([, labels = '', value]) => [labels, Number(value)]));
};

it('says that it is alive, started and ready, and of what it is made', async () => {
  expect(await get('/livez')).toEqual({ status: 200, text: 'alive\n' });
  await until('the box says that it has started', async () => (await get('/startupz')).status === 200);
  const { status, text } = await get('/readyz?verbose');
  expect([status, text.split('\n')[0]]).toEqual([200, 'ready']);
  for (const part of ['config postgres', 'config nats', 'gateway book', 'health book', 'proxy data plane'])
    expect(text).toContain(`[+] ${part}\n`);
  expect((await get('/elsewhere')).status).toBe(404);
});

it('counts a command on its whole way', async () => {
  const panic = { below: 50, then: 'serve-all' };
  const service = { label: 'Counted', address: '127.0.85.98', ports: [18_081], layer: 7, mode: 'http', panic };
  const answer = await runOrThrow('curl', [
    ...['--silent', '--insecure', '--noproxy', '*', '--data-binary', JSON.stringify(service)],
    ...['--header', `Authorization: Bearer ${await secretOf('admin-token')}`],
    ...['--header', 'Content-Type: application/json', `${api}/virtual-services?wait=converged&timeout=10s`],
  ]);
  expect(JSON.parse(answer)).toMatchObject({ revision: 1, convergence: { state: 'converged' } });

  expect(await samples('evenkeel_commits_total')).toEqual(new Map([['', 1]]));
  const duration = await samples('evenkeel_command_duration_count');
  expect(duration).toEqual(new Map([['command="AddVirtualService",outcome="changed"', 1]]));
  expect(await samples('evenkeel_append_wait_count')).toEqual(new Map([['outcome="appended"', 1]]));
  expect((await samples('evenkeel_reload_count_total')).get('result="applied",reason="service-added"')).toBe(1);
  expect((await samples('evenkeel_reload_count_total')).get('result="rejected",reason="service-added"')).toBe(0);
  expect(await samples('evenkeel_relay_lag')).toEqual(new Map([['', 0]]));
  const nodes = { 'node="node-1",kind="head"': 1, 'node="node-1",kind="seen"': 1 };
  expect(Object.fromEntries(await samples('evenkeel_node_revision'))).toEqual(nodes);
  expect(await samples('evenkeel_node_convergence_count')).toEqual(new Map([['node="node-1"', 1]]));
  expect(await samples('evenkeel_node_lag')).toEqual(new Map([['node="node-1"', 0]]));
  expect([...(await samples('evenkeel_nats_connected')).values()]).toEqual([1, 1, 1, 1]);
  expect([...(await samples('evenkeel_panic'))]).toEqual([
    [expect.stringMatching(/^proxy="vs\d+",service="Counted",then="serve-all"$/), 0],
  ]);
  expect((await samples('evenkeel_certificate_expiry')).get('')).toBeGreaterThan(86_400);
});

it('has no label that names a user, a client or a revision', async () => {
  const { text } = await get('/metrics');
  const labels = new Set(
    [...text.matchAll(/^evenkeel_\w+\{(.*)\}/gm)].flatMap(([, all = '']) => all.match(/\w+(?==")/g) ?? []),
  );
  expect([...labels].filter((label) => /user|actor|token|client|revision/.test(label))).toEqual([]);
});

it('has written no secret, at its most talkative', async () => {
  const text = await written();
  const roles = JSON.parse(await secretOf('postgres-roles.json')) as Record<string, string>;
  const [, , , token = ''] = /^(ek)_([a-z]+)_[0-9a-f]+_(.+)$/.exec(await secretOf('admin-token')) ?? [];
  const secrets = [token, ...Object.values(roles)];
  for (const secret of secrets) expect([secret.length > 20, text.includes(secret)]).toEqual([true, false]);
  const logged = text.split('\n').filter((line) => line.startsWith('{'));
  expect(logged.length).toBeGreaterThan(5);
  for (const line of logged)
    expect(JSON.parse(line)).toMatchObject({
      time: expect.any(String),
      level: expect.any(String),
      service: expect.any(String),
      msg: expect.any(String),
    });
  // Waiting for the stream at the first start is expected, and no reason to wake anybody.
  expect(logged.filter((line) => /"level":"(warn|error)"/.test(line) && /stream|consumer/i.test(line))).toEqual([]);
});

it('says once that Postgres is gone, and is soon ready again', async () => {
  const [pid] = (await secretOf('postgres/data/postmaster.pid')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  await until('the box notices', async () => (await written()).includes('terminating connection'));
  await until('the box is ready again', async () => (await get('/readyz')).status === 200, { withinMs: 20_000 });
  const refused = (await written()).split('\n').filter((line) => /"warn".*ECONNREFUSED/.test(line));
  expect(refused.length).toBeLessThanOrEqual(2);
});
