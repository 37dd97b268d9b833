import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { type EngineRound } from '@evenkeel/data-plane';
import { aPicture, filesFor, type RealServerSketch, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { type ServiceFields } from '@evenkeel/testing';
import { freePort, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, Client, echoServer, get, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// What a reload must not lose, and what a refused one must not break.

let web: readonly BackEnd[];
let echo: BackEnd;
beforeAll(async () => {
  web = await Promise.all(['one', 'two', 'three'].map((name) => webServer(name)));
  echo = await echoServer('echo');
});
afterAll(() => Promise.all([...web, echo].map((server) => server.close())));

let node: RealNode;
let port: number;
let tcpPort: number;
beforeEach(async () => {
  node = await realNode();
  [port, tcpPort] = [await freePort(), await freePort()];
});
afterEach(() => node.dispose());

type Changes = Readonly<Record<string, Partial<RealServerSketch>>>;
const httpService = (fields: ServiceFields = {}, changes: Changes = {}): ServiceSketch => ({
  number: 1,
  spec: {
    ...{ address: '127.0.0.1', ports: [port], mode: 'http', balance: 'round-robin' },
    persistence: { kind: 'http-cookie-and-source-ip' },
    ...fields,
  } as ServiceFields,
  realServers: web.map(({ name, port: backEndPort }, index) => ({
    number: index + 2,
    ...changes[name],
    spec: { label: name, address: '127.0.0.1', port: backEndPort, ...changes[name]?.spec },
  })),
});
const tcpService = (ports = [tcpPort], number = 10): ServiceSketch => ({
  number,
  spec: { address: '127.0.0.1', ports },
  realServers: [{ number: number + 1, spec: { address: '127.0.0.1', port: echo.port } }],
});

const serve = async (...services: readonly ServiceSketch[]): Promise<EngineRound> => {
  const round = await node.serve(...services);
  expect(round.waitingFor).toEqual([]);
  return round;
};
const reload = async (maxConnections: number, changes: Changes = {}): Promise<void> => {
  const round = await serve(httpService({ maxConnections }, changes), tcpService());
  expect(round.method).toBe('reload');
};
const hosts = Array.from({ length: 12 }, (_, index) => `127.1.1.${index + 1}`);
/** Who answers clients from these addresses, one after the other. Another order would give others to new clients. */
const answers = async (froms = hosts): Promise<Readonly<Record<string, string>>> => {
  const bodies: Record<string, string> = {};
  for (const from of froms) bodies[from] = (await get(port, { from })).body;
  return bodies;
};

describe('a reload', () => {
  it('fails no request and refuses no connection', async () => {
    await serve(httpService(), tcpService());
    let isOver = false;
    const asking = Array.from({ length: 4 }, async () => {
      let count = 0;
      for (; !isOver; count += 1) expect((await get(port)).status).toBe(200);
      return count;
    });
    for (const maxConnections of [101, 102, 103]) await reload(maxConnections);
    isOver = true;
    const counts = await Promise.all(asking);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
  });

  it('lets open connections go on, in an old worker that is counted', async () => {
    await serve(httpService(), tcpService());
    const client = await Client.connect(tcpPort);
    await reload(101);
    await reload(102);
    expect(await client.talks()).toBe(true);
    await until('one old worker', async () => (await node.process.status())?.old.length === 1);
    client.close();
    await until('no old worker', async () => (await node.process.status())?.old.length === 0);
  });

  it('keeps intents, weights and verdicts: nobody comes back up by a reload', async () => {
    const changes: Changes = {
      one: { intent: { intent: 'drain', clients: 'keep' } },
      two: { verdict: 'down' },
      three: { spec: { weight: 7 } },
    };
    await serve(httpService(), tcpService());
    await serve(httpService({}, changes), tcpService());
    await reload(101, changes);
    const servers = (await node.door.observe())?.services.get('vs1');
    expect(servers?.get('rs2')).toMatchObject({ adminState: 'drain', isDown: false });
    expect(servers?.get('rs3')).toMatchObject({ adminState: 'ready', isDown: true });
    expect(servers?.get('rs4')).toMatchObject({ weight: 7 });
    expect(new Set(Object.values(await answers()))).toEqual(new Set(['three']));
  });

  it('has the new worker take no client to a real server that is down, not even at first', async () => {
    await serve(httpService({}, { one: { verdict: 'down' } }), tcpService());
    let isOver = false;
    const seen = new Set<string>();
    const asking = (async () => {
      while (!isOver) seen.add((await get(port)).body);
    })();
    await reload(101, { one: { verdict: 'down' } });
    await reload(102, { one: { verdict: 'down' } });
    isOver = true;
    await asking;
    expect(seen.has('one')).toBe(false);
  });

  it('keeps clients on their servers by cookie and by source, even right after a start', async () => {
    await serve(httpService(), tcpService());
    const before = await answers();
    const { cookie, body } = await get(port, { from: '127.0.0.7' });
    for (const maxConnections of [101, 102, 103]) await reload(maxConnections);
    expect(await answers(hosts.toReversed())).toEqual(before);
    expect((await get(port, { from: '127.0.0.8', cookie: cookie ?? '' })).body).toBe(body);
  });

  it('keeps clients on their servers once the worker has learnt its lesson, too', async () => {
    await serve(httpService(), tcpService());
    const before = await answers();
    await rest(6_000); // HAProxy waits 5 s for a teacher after a start
    for (const maxConnections of [101, 102]) await reload(maxConnections);
    expect(await answers(hosts.toReversed())).toEqual(before);
  }, 30_000);

  it('goes back to a configuration whose old worker still lives', async () => {
    await serve(httpService(), tcpService());
    const client = await Client.connect(tcpPort);
    await reload(101);
    await serve(httpService(), tcpService());
    client.close();
    await until('no old worker', async () => (await node.process.status())?.old.length === 0);
    expect(await node.door.observe()).toBeDefined();
    await until('one socket of a worker', async () => (await sockets()).length === 1);
  });
});

const sockets = async (): Promise<readonly string[]> =>
  (await readdir(node.folder)).filter((name) => name.startsWith('worker-'));
const file = (name: string): Promise<string> => readFile(join(node.folder, name), 'utf8');

describe('a refused configuration', () => {
  it('leaves the last good one running and on the disk, and is kept aside for the curious', async () => {
    await serve(httpService(), tcpService());
    const good = await file('haproxy.cfg');
    const files = {
      configuration: 'global\n  nonsense\n',
      serverStates: '1\n',
      name: `${'f'.repeat(64)}-${'f'.repeat(64)}`,
    };
    const answer = await node.process.replace(files);
    expect(answer).toEqual({
      kind: 'refused',
      words: expect.stringContaining("unknown keyword 'nonsense' in 'global'"),
    });
    expect((await get(port)).status).toBe(200);
    expect(await file('haproxy.cfg')).toBe(good);
    expect(await file('haproxy.cfg.refused')).toContain('nonsense');
  });

  it('for a port that somebody else has is refused before any service stops listening', async () => {
    await serve(httpService(), tcpService());
    const somebody = await echoServer('somebody else');
    let isOver = false;
    const asking = (async () => {
      let count = 0;
      for (; !isOver; count += 1) await get(port); // throws when it is refused
      return count;
    })();
    const services = [httpService(), tcpService([tcpPort, somebody.port])];
    const { rejection } = await node.serve(...services);
    await rest(100);
    isOver = true;
    expect(rejection).toBe(`cannot listen on 127.0.0.1:${somebody.port}: somebody else listens there (EADDRINUSE)`);
    expect(await asking).toBeGreaterThan(0);
    await somebody.close();
    expect((await node.engine.sweep(aPicture({ services }))).convergence).toMatchObject({
      method: 'reload',
      waitingFor: [],
    });
  });

  it('that HAProxy itself gives up on is reported in its words, and what ran runs on', async () => {
    await serve(httpService(), tcpService());
    const good = await file('haproxy.cfg');
    const somebody = await echoServer('somebody else');
    const name = `${'e'.repeat(64)}-${'e'.repeat(64)}`;
    // Written so that our own look does not see it, as when somebody takes the port at the last moment.
    const configuration = `${good.replace(/description \S+/, `description ${name}`)}\n  bind  127.0.0.1:${somebody.port}\n`;
    const answer = await node.process.replace({ configuration, serverStates: '1\n', name });
    expect(answer).toEqual({ kind: 'refused', words: expect.stringContaining('cannot bind socket') });
    expect(await file('haproxy.cfg')).toBe(good);
    expect((await get(port)).status).toBe(200);
    expect(await serve(httpService({ maxConnections: 104 }), tcpService())).toMatchObject({ method: 'reload' });
    await somebody.close();
  });
});

describe('a configuration that is only asked about', () => {
  const asked = (...services: readonly ServiceSketch[]) => node.process.wordsAgainst(filesFor(services).configuration);

  it('is taken or refused in the words of a reload, and changes nothing', async () => {
    await serve(httpService(), tcpService());
    const [good, before] = [await file('haproxy.cfg'), node.process.incarnation];
    expect(await asked(httpService({ maxConnections: 104 }), tcpService())).toBeUndefined();
    expect(await node.process.wordsAgainst('global\n  nonsense\n')).toContain("unknown keyword 'nonsense' in 'global'");
    const somebody = await echoServer('somebody else');
    expect(await asked(httpService(), tcpService([tcpPort, somebody.port]))).toContain(
      `cannot listen on 127.0.0.1:${somebody.port}`,
    );
    await somebody.close();
    expect(await file('haproxy.cfg')).toBe(good);
    expect(node.process.incarnation).toBe(before);
    expect((await get(port)).status).toBe(200);
  });

  it('can be asked about before any HAProxy runs', async () => {
    expect(await asked(tcpService())).toBeUndefined();
    expect(await node.process.wordsAgainst('nonsense\n')).toContain('nonsense');
  });
});
