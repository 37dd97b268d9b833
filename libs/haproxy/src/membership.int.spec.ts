import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { connectionsIn, type EngineRound, Layer7Engine } from '@evenkeel/data-plane';
import { aPicture, type RealServerSketch, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { type ServiceFields } from '@evenkeel/testing';
import { freePort, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, Client, echoServer, get, webServer } from '../test/back-ends.ts';
import { haproxyIn, realNode, type RealNode, sha256 } from '../test/real-haproxy.ts';
import { HaproxyDoor } from './haproxy-door.ts';

// Real servers come and go while clients do.

let web: readonly BackEnd[];
let echo: readonly BackEnd[];
beforeAll(async () => {
  web = await Promise.all(['one', 'two'].map((name) => webServer(name)));
  echo = await Promise.all(['one', 'two'].map((name) => echoServer(name)));
});
afterAll(() => Promise.all([...web, ...echo].map((server) => server.close())));

let node: RealNode;
let port: number;
let tcpPort: number;
let clients: Client[];
beforeEach(async () => {
  node = await realNode();
  [port, tcpPort] = [await freePort(), await freePort()];
  clients = [];
});
afterEach(async () => {
  clients.forEach((client) => client.close());
  await node.dispose();
});

const at = (server: BackEnd | undefined, number: number): RealServerSketch => ({
  number,
  spec: { label: `${server?.name}_${number}`, address: '127.0.0.1', port: server?.port ?? 0 },
});
const httpService = (realServers: readonly RealServerSketch[], fields: ServiceFields = {}): ServiceSketch => ({
  number: 1,
  spec: {
    ...{ address: '127.0.0.1', ports: [port], mode: 'http', balance: 'round-robin', persistence: { kind: 'none' } },
    ...fields,
  } as ServiceFields,
  realServers,
});
const tcpService = (realServers: readonly RealServerSketch[], fields: ServiceFields = {}): ServiceSketch => ({
  number: 100,
  spec: {
    ...{ address: '127.0.0.1', ports: [tcpPort], balance: 'least-connections', persistence: { kind: 'none' } },
    ...fields,
  } as ServiceFields,
  realServers,
});
const serve = async (...services: readonly ServiceSketch[]): Promise<EngineRound> => {
  const round = await node.serve(...services);
  expect(round).toMatchObject({ waitingFor: [] });
  expect(round.rejection).toBeUndefined();
  return round;
};
const connect = async (from?: string): Promise<Client> => {
  const client = await Client.connect(tcpPort, from);
  clients.push(client);
  return client;
};
const serversOf = async (service: string): Promise<readonly string[]> => [
  ...((await node.door.observe())?.services.get(service)?.keys() ?? []),
];

/** Clients that come one after the other until it is over: what they met, and how many they were. */
const traffic = (ask: () => Promise<string>) => {
  const met = new Map<string, number>();
  let isOver = false;
  const asking = (async () => {
    for (; !isOver; await rest(2)) {
      const answer = await ask().catch((failure: unknown) => String(failure));
      met.set(answer, (met.get(answer) ?? 0) + 1);
    }
  })();
  const end = async (): Promise<ReadonlyMap<string, number>> => {
    isOver = true;
    await asking;
    return met;
  };
  return { end };
};
const newConnection = async (): Promise<string> => {
  const client = await Client.connect(tcpPort);
  const isServed = await client.talks();
  client.close();
  return isServed ? client.server : 'cut off';
};

it('comes and goes twenty times under traffic: no client fails, nothing is reloaded', async () => {
  await serve(httpService([at(web[0], 2)]), tcpService([at(echo[0], 102)]));
  const before = await node.process.status();
  const longLived = await connect();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const askers = [
    traffic(async () => (await get(port)).body),
    traffic(async () => (await get(port, { agent })).body),
    traffic(newConnection),
    traffic(newConnection),
  ];
  for (let turn = 0; turn < 20; turn += 1) {
    const [webBefore, echoBefore] = [web[1]?.accepted ?? 0, echo[1]?.accepted ?? 0];
    const [newWeb, newEcho] = [at(web[1], 3 + turn), at(echo[1], 103 + turn)];
    const came = await serve(httpService([at(web[0], 2), newWeb]), tcpService([at(echo[0], 102), newEcho]));
    await until('clients meet both', () =>
      Promise.resolve((web[1]?.accepted ?? 0) > webBefore && (echo[1]?.accepted ?? 0) > echoBefore),
    );
    const went = await serve(httpService([at(web[0], 2)]), tcpService([at(echo[0], 102)]));
    expect([came.method, went.method]).toEqual(['runtime', 'runtime']);
  }
  const met = await Promise.all(askers.map((asker) => asker.end()));
  agent.destroy();
  for (const answers of met) expect([...answers.keys()].toSorted()).toEqual(['one', 'two']);
  expect([longLived.server, await longLived.talks()]).toEqual(['one', true]);
  expect(await node.process.status()).toEqual(before);
  // Idle connections that requests left behind keep a few in HAProxy until it, or the real server, closes them.
  const picture = aPicture({ services: [httpService([at(web[0], 2)]), tcpService([at(echo[0], 102)])] });
  await until(
    'all that left are gone',
    async () => {
      const { finishing } = (await node.engine.sweep(picture)).convergence;
      await rest(500);
      return finishing?.length === 0;
    },
    { withinMs: 40_000 },
  );
  expect([await serversOf('vs1'), await serversOf('vs100')]).toEqual([['rs2'], ['rs102']]);
}, 60_000);

describe('a real server that was added', () => {
  it('has its connections used again for one request after the other, like those of the file', async () => {
    await serve(httpService([at(web[0], 2)]));
    await serve(httpService([at(web[0], 2), at(web[1], 3)]));
    for (const [server, path] of [
      [web[0], 'rs2'],
      [web[1], 'rs3'],
    ] as const) {
      const other = path === 'rs2' ? 'rs3' : 'rs2';
      await node.door.apply([{ service: 'vs1', server: other, kind: 'set-state', state: 'maint' }], ['vs1']);
      await node.door.apply([{ service: 'vs1', server: path, kind: 'set-state', state: 'ready' }], ['vs1']);
      const accepted = server?.accepted ?? 0;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let count = 0; count < 5; count += 1) expect((await get(port, { agent })).body).toBe(server?.name);
      agent.destroy();
      expect((server?.accepted ?? 0) - accepted).toBe(1);
    }
  });

  it('keeps its clients by source address, through a later reload as well', async () => {
    const persistence = { kind: 'source-ip' } as const;
    await serve(tcpService([at(echo[0], 102)], { persistence }));
    const both = [{ ...at(echo[0], 102), intent: { intent: 'drain', clients: 'keep' } } as const, at(echo[1], 103)];
    expect(await serve(tcpService(both, { persistence }))).toMatchObject({ method: 'runtime' });
    expect((await connect('127.0.0.9')).server).toBe('two');
    const open = [at(echo[0], 102), at(echo[1], 103)];
    await serve(tcpService(open, { persistence }));
    for (let count = 0; count < 4; count += 1) expect((await connect('127.0.0.9')).server).toBe('two');
    expect(await serve(tcpService(open, { persistence, maxConnections: 77 }))).toMatchObject({ method: 'reload' });
    for (let count = 0; count < 4; count += 1) expect((await connect('127.0.0.9')).server).toBe('two');
  });

  it('keeps its clients by cookie, through a later reload as well', async () => {
    const persistence = { kind: 'http-cookie' } as const;
    await serve(httpService([at(web[0], 2)], { persistence }));
    const both = [at(web[0], 2), at(web[1], 3)];
    const { method, reloadReasons } = await serve(httpService(both, { persistence }));
    const addsCookies = (await node.door.observe())?.addsCookies === true;
    expect([method, reloadReasons.join()]).toEqual(
      addsCookies ? ['runtime', ''] : ['reload', expect.stringContaining('adds no server with a cookie')],
    );
    const answers = [await get(port), await get(port)];
    const cookie = answers.find(({ body }) => body === 'two')?.cookie ?? '';
    expect(cookie).toBe('SERVERID=rs3');
    const askFour = async () => {
      for (let count = 0; count < 4; count += 1) expect((await get(port, { cookie })).body).toBe('two');
    };
    await askFour();
    expect(await serve(httpService(both, { persistence, maxConnections: 77 }))).toMatchObject({ method: 'reload' });
    await askFour();
    // And back from the dead: an undo brings the same number, and so the very file that HAProxy started with.
    expect(await serve(httpService([at(web[0], 2)], { persistence, maxConnections: 77 }))).toMatchObject({
      method: 'runtime',
    });
    expect((await get(port, { cookie })).body).toBe('one');
    expect(await serve(httpService(both, { persistence, maxConnections: 77 }))).toMatchObject({ method });
    await askFour();
  });

  it('serves again when HAProxy is started again, and one that left does not', async () => {
    await serve(tcpService([at(echo[0], 102)]));
    await serve(tcpService([at(echo[1], 103)]));
    process.kill((await node.process.status())?.pid ?? 0, 'SIGKILL');
    await until('it is back', () => Promise.resolve(node.incidents.at(-1)?.kind === 'started-again'));
    expect(await serversOf('vs100')).toEqual(['rs103']);
    expect((await connect()).server).toBe('two');
  });

  it('is known to the next of us, who finds a HAProxy that has changed since it started', async () => {
    const services = [tcpService([at(echo[0], 102), at(echo[1], 103)])];
    await serve(tcpService([at(echo[0], 102)]));
    await serve(...services);
    await node.process.leaveServing();
    const heir = haproxyIn(node.folder);
    expect(await heir.boot()).toEqual({ kind: 'adopted' });
    const round = await new Layer7Engine(new HaproxyDoor(heir), sha256).converge(aPicture({ services }));
    expect(round).toMatchObject({ method: 'none', waitingFor: [] });
    expect(await readFile(join(node.folder, 'haproxy.cfg'), 'utf8')).toContain('server rs103 ');
    await heir.leaveServing();
  });

  it('does not cut HAProxy off from us when its file is written', async () => {
    await serve(tcpService([at(echo[0], 102)]));
    await serve(tcpService([at(echo[0], 102), at(echo[1], 103)]));
    await until('it is on the disk', async () =>
      (await readFile(join(node.folder, 'haproxy.cfg'), 'utf8')).includes('server rs103 '),
    );
    await until('the file before it is gone', () =>
      readFile(join(node.folder, 'haproxy.cfg.previous')).then(
        () => false,
        () => true,
      ),
    );
    expect(await serversOf('vs100')).toEqual(['rs102', 'rs103']);
  });
});

describe('a real server that was removed', () => {
  it('gets no client any more, ends nobody, and is deleted when the last one has gone', async () => {
    await serve(tcpService([at(echo[0], 102), at(echo[1], 103)], { persistence: { kind: 'source-ip' } }));
    const both = [await connect('127.0.0.8'), await connect('127.0.0.9')];
    const left = both.find(({ server }) => server === 'two');
    const services = [tcpService([at(echo[0], 102)], { persistence: { kind: 'source-ip' } })];
    expect(await serve(...services)).toMatchObject({ method: 'runtime', finishing: ['vs100/rs103'] });
    expect(await left?.talks()).toBe(true);
    for (const from of ['127.0.0.8', '127.0.0.9']) expect((await connect(from)).server).toBe('one');
    const picture = aPicture({ services });
    expect(await node.engine.sweep(picture)).toMatchObject({
      repairs: [],
      convergence: { finishing: ['vs100/rs103'] },
    });
    left?.close();
    await until('nobody is there', async () => (connectionsIn(await node.door.statistics()).get('rs103') ?? 0) === 0);
    expect(await node.engine.sweep(picture)).toMatchObject({ repairs: [], convergence: { finishing: [] } });
    expect(await serversOf('vs100')).toEqual(['rs102']);
  });
});
