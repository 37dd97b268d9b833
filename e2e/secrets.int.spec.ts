import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { CheckRunAnswer, Overview, VirtualServiceResource, WriteAnswer } from '@evenkeel/contracts';
import { freePort, LabProcess, makeTempFolder, type TempFolder, thisMachine, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import pg from 'pg';
import { Api, type ApiAnswer, type ApiCall } from './support/api.ts';

// One box at its most talkative, with somebody on its bus, somebody who takes its traces, and servers that say back what they are
// told. A user name and a password go in; then they are looked for everywhere.

const root = join(import.meta.dirname, '..');
const username = 'canary-user-3Hk';
const password = 'canary-word-7Qx';
const older = 'canary-word-0Zz';
const secret = 'pacs-monitor';

/** In every form in which they could be written somewhere. */
const needles = [username, password, older].flatMap((text) => [
  text,
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
  Buffer.from(text).toString('hex'),
]);
const pairs = [password, older].map((word) => Buffer.from(`${username}:${word}`).toString('base64').replace(/=+$/, ''));
const allNeedles = [...needles, ...pairs].map((needle) => Buffer.from(needle));
const foundIn = (haystack: Uint8Array | string): string[] => {
  const bytes = Buffer.from(haystack);
  return allNeedles.filter((needle) => bytes.includes(needle)).map(String);
};

let folder: TempFolder;
let data: string;
let output: string;
let box: LabProcess;
let api: Api;
let bus: NatsConnection;
const servers: Server[] = [];
const traces: string[] = [];
const messages: Buffer[] = [];
const answers: unknown[] = [];
/** What the web server says to whoever signs in rightly. */
let status = 200;
let webPort: number;
let directoryPort: number;

const listen = async (server: Server): Promise<number> => {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
const serveHttp = (listener: RequestListener): Promise<number> => listen(createServer(listener));

/** Says the credentials back wherever there is room for them. */
const web: RequestListener = ({ headers }, response) => {
  const told = headers.authorization ?? 'nothing';
  const isRight = told === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const words = `${told} ${username} ${password}`;
  response.writeHead(isRight ? status : 401, words, { server: words, via: password, location: `/login/${username}` });
  response.end(words);
};
const bindAccepted = Buffer.from('300c02010161070a010004000400', 'hex');

const written = (): Promise<string> => readFile(output, 'utf8');
const secretOf = async (file: string): Promise<string> => (await readFile(join(data, file), 'utf8')).trim();
const call = async <Body>(method: string, path: string, what: ApiCall = {}): Promise<ApiAnswer<Body>> => {
  const answer = await api.call<Body>(method, path, what);
  answers.push([...answer.headers], answer.body);
  return answer;
};
const put = (word: unknown, query = ''): Promise<ApiAnswer<WriteAnswer>> =>
  call('PUT', `/secrets/${secret}${query}`, { body: { username, password: word, reason: 'spec' } });

beforeAll(async () => {
  folder = await makeTempFolder('secrets-spec');
  [data, output] = [join(folder.path, 'data'), join(folder.path, 'output')];
  webPort = await serveHttp(web);
  directoryPort = await listen(
    createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.write(bindAccepted))),
  );
  const collector = await serveHttp((request, response) => {
    request.setEncoding('utf8').on('data', (piece: string) => traces.push(piece));
    request.once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  const httpsPort = await freePort();
  const node = [join(root, 'node_modules/.bin/node'), '--import', join(root, 'tools/ts-hooks.mjs')];
  await writeFile(output, '');
  // To a file: what a LabProcess keeps is only the end.
  const command = `exec ${[...node, join(root, 'services/appliance/src/main.ts')].join(' ')} >${output} 2>&1`;
  box = LabProcess.start('sh', ['-c', command], {
    EVENKEEL_DATA: data,
    EVENKEEL_HTTPS_PORT: String(httpsPort),
    EVENKEEL_LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector}`,
  });
  await until('the box is ready', async () => (await written()).includes('Evenkeel is ready'), {
    withinMs: 60_000,
    process: box,
  });
  api = new Api(thisMachine, `https://127.0.0.1:${httpsPort}`, await secretOf('admin-token'));
  const [, busPort] = /listen: "127.0.0.1:(\d+)"/.exec(await secretOf('nats/nats.conf')) ?? [];
  const pass = await secretOf('nats/password');
  bus = await connect({ servers: `127.0.0.1:${busPort}`, user: 'evenkeel', pass, name: 'spec' });
  bus.subscribe('>', {
    callback: (_failure, { subject, data: payload }) => void messages.push(Buffer.from(subject), Buffer.from(payload)),
  });
  await bus.flush();
}, 90_000);
afterAll(async () => {
  await bus?.close();
  box?.kill('SIGTERM');
  await box?.exited;
  for (const server of servers) server.close();
  await folder?.remove();
}, 60_000);

const rows = async (): Promise<Overview['services'][number]['realServers']> =>
  (await call<Overview>('GET', '/overview')).body.services.flatMap(({ realServers }) => realServers);
const reads = (what: string, isSo: (row: Awaited<ReturnType<typeof rows>>[number]) => boolean): Promise<void> =>
  until(what, async () => (await rows()).every(isSo), { withinMs: 30_000 });

describe('checks that sign in', () => {
  const services = [
    {
      ...{ label: 'WEB', address: '127.0.85.97', ports: [18_085], layer: 7, mode: 'http' },
      healthCheck: { kind: 'http', method: 'GET', basicAuth: { secret }, interval: '200ms', timeout: '2s' },
      realServers: () => [{ label: 'PACS1', address: '127.0.0.1', port: webPort }],
    },
    {
      ...{ label: 'LDAP', address: '127.0.85.97', ports: [18_389], layer: 7, mode: 'tcp' },
      healthCheck: { kind: 'ldap', bindAs: { secret }, interval: '200ms', timeout: '2s' },
      realServers: () => [{ label: 'DIR1', address: '127.0.0.1', port: directoryPort }],
    },
  ];

  it('do so with what was stored last, after what was wrong was refused', async () => {
    for (const wrong of [47_114_711, `${password}\n`, ''])
      expect(await put(wrong)).toMatchObject({ status: 400, body: { code: 'invalid-input' } });
    expect(await put(older)).toMatchObject({ status: 200, body: { resource: { name: secret, usedBy: [] } } });
    expect(await put(password, '?dryRun=true')).toMatchObject({ status: 200, body: { dryRun: true } });
    for (const { realServers, ...service } of services) {
      const body = { ...service, realServers: realServers(), reason: 'spec' };
      expect(await call('POST', '/virtual-services', { body })).toMatchObject({
        status: 201,
        body: { lint: expect.arrayContaining([expect.objectContaining({ code: 'secret-in-clear' })]) },
      });
    }
    await until('the old password is not taken', async () =>
      (await rows()).some((row) => row.label === 'PACS1' && row.reason === 'credentials-refused'),
    );
    expect(await put(password)).toMatchObject({ body: { changed: true } });
    expect(await put(password)).toMatchObject({ body: { changed: false } });
    await reads('both are up', ({ verdict }) => verdict === 'up');
  }, 60_000);

  it('are run now, and tried before they are committed', async () => {
    const { body } = await call<{ items: VirtualServiceResource[] }>('GET', '/virtual-services');
    for (const { id: realServerId } of body.items.flatMap(({ realServers }) => realServers)) {
      const { body: run } = await call<CheckRunAnswer>('POST', '/health/checks/run', { body: { realServerId } });
      expect(run.result.outcome).toBe('passed');
      expect(JSON.stringify(run.exchange)).toContain(`credentials of ${secret}`);
    }
    for (const [kind, field, port] of [
      ['http', 'basicAuth', webPort],
      ['ldap', 'bindAs', directoryPort],
    ] as const) {
      const run = (name: string) =>
        call('POST', '/health/checks/run', {
          body: { address: '127.0.0.1', check: { kind, port, [field]: { secret: name } } },
        });
      expect(await run(secret)).toMatchObject({ status: 200, body: { result: { outcome: 'passed' } } });
      expect(await run('nobody')).toMatchObject({
        ...{ status: 422, body: { code: 'unknown-secret', errors: [{ pointer: `#/check/${field}/secret` }] } },
      });
    }
  });

  it('fail like others, and keep their secret from being removed', async () => {
    status = 500;
    await until('it is down', async () => (await rows()).some((row) => row.reason === 'http-status'));
    status = 403;
    await until('it is unknown', async () => (await rows()).some((row) => row.reason === 'credentials-refused'));
    status = 200;
    await reads('both are up', ({ verdict }) => verdict === 'up');
    const { headers } = await call('GET', `/secrets/${secret}`);
    const match = { 'If-Match': headers.get('etag') ?? '' };
    expect(await call('DELETE', `/secrets/${secret}?reason=spec`, { headers: match })).toMatchObject({
      status: 409,
      body: { code: 'secret-in-use', detail: expect.stringContaining('WEB, LDAP') },
    });
  }, 60_000);
});

describe('a user name and a password are found', () => {
  it('in no answer', async () => {
    const { body } = await call<{ items: { revision: number }[] }>('GET', '/commits?limit=50');
    for (const { revision } of body.items) await call('POST', `/commits/${revision}/revert?dryRun=true`, { body: {} });
    const paths = ['/secrets', '/journal?limit=100', '/health/matrix', '/state?at=2', '/nodes', '/health/checkers'];
    for (const path of [...paths, '/configuration?scope=manual'])
      expect([path, (await call('GET', path)).status]).toEqual([path, 200]);
    expect(JSON.stringify(answers)).toContain(secret);
    expect(foundIn(JSON.stringify(answers))).toEqual([]);
  }, 60_000);

  it('in no message of the bus', () => {
    expect(Buffer.concat(messages).includes(secret)).toBe(true);
    expect(foundIn(Buffer.concat(messages))).toEqual([]);
  });

  it('in no row of the database, where what is sealed is', async () => {
    const port = await secretOf('postgres/port');
    const url = `postgres://postgres:${await secretOf('postgres/password')}@127.0.0.1:${port}/postgres`;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const { rows: dumped } = await client.query<{ dump: string }>('select database_to_xml(true, false, $1) as dump', [
        '',
      ]);
      const dump = dumped[0]?.dump ?? '';
      expect(dump).toContain(secret);
      expect(dump.match(/<sealed>1\.[\w-]+<\/sealed>/g)).toHaveLength(2); // the same again is one
      expect(foundIn(dump)).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it('in no log and no trace, also after a clean stop', async () => {
    await bus.close();
    box.kill('SIGTERM');
    await box.exited;
    const log = await written();
    expect(log).toContain('"level":"debug"');
    expect(foundIn(log)).toEqual([]);
    expect(traces.join('')).toContain('command StoreSecret');
    expect(foundIn(traces.join(''))).toEqual([]);
  }, 60_000);

  it('in no file that is left', async () => {
    const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(100);
    const found: string[] = [];
    for (const { parentPath, name } of files)
      if (foundIn(await readFile(join(parentPath, name))).length > 0) found.push(join(parentPath, name));
    expect(found).toEqual([]);
  }, 60_000);
});
