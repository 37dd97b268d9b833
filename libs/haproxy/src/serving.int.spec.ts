import { Agent } from 'node:http';
import { aPicture, type RealServerSketch, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { connectionsIn } from '@evenkeel/data-plane';
import { type ServiceFields } from '@evenkeel/testing';
import { freePort, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, Client, echoServer, get, slowServer, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';
import { RuntimeApi } from './runtime-api.ts';

// What clients see. A test is named after the trap that it keeps us out of.

let web: readonly BackEnd[];
let echo: readonly BackEnd[];
beforeAll(async () => {
  web = await Promise.all(['one', 'two', 'three'].map((name) => webServer(name)));
  echo = await Promise.all(['one', 'two'].map((name) => echoServer(name)));
});
afterAll(() => Promise.all([...web, ...echo].map((server) => server.close())));

let node: RealNode;
let port: number;
const clients: Client[] = [];
beforeEach(async () => {
  node = await realNode();
  port = await freePort();
});
afterEach(async () => {
  clients.splice(0).forEach((client) => client.close());
  await node.dispose();
});

const behind = (servers: readonly BackEnd[], changes: Readonly<Record<string, Partial<RealServerSketch>>>) =>
  servers.map(({ name, port: backEndPort }, index): RealServerSketch => ({
    number: index + 2,
    ...changes[name],
    spec: { label: name, address: '127.0.0.1', port: backEndPort, ...changes[name]?.spec },
  }));
const service = (spec: ServiceFields, realServers: readonly RealServerSketch[], number = 1): ServiceSketch => ({
  number,
  spec: { address: '127.0.0.1', ports: [port], balance: 'round-robin', ...spec },
  realServers,
});
const httpService = (fields: ServiceFields, changes: Readonly<Record<string, Partial<RealServerSketch>>> = {}) =>
  service({ mode: 'http', ...fields } as ServiceFields, behind(web, changes));
const tcpService = (changes: Readonly<Record<string, Partial<RealServerSketch>>> = {}, fields: ServiceFields = {}) =>
  service({ mode: 'tcp', ...fields } as ServiceFields, behind(echo, changes));

const serve = async (...services: readonly ServiceSketch[]): Promise<void> => {
  const round = await node.serve(...services);
  expect(round.waitingFor).toEqual([]);
  expect(round.rejection).toBeUndefined();
};
const connect = async (from?: string): Promise<Client> => {
  const client = await Client.connect(port, from);
  clients.push(client);
  return client;
};
/** Which servers answer so many new clients, each from an address of its own. */
const askedBy = async (count: number, first = 1): Promise<readonly string[]> => {
  const answers = Array.from({ length: count }, (_, index) => get(port, { from: `127.1.${first}.${index + 1}` }));
  return (await Promise.all(answers)).map(({ body }) => body);
};
const share = (answers: readonly string[], name: string): number => answers.filter((answer) => answer === name).length;

const bothWays: ServiceFields = { mode: 'http', persistence: { kind: 'http-cookie-and-source-ip' } };
const keep: RealServerSketch['intent'] = { intent: 'drain', clients: 'keep' };
const forget: RealServerSketch['intent'] = { intent: 'drain', clients: 'forget' };
const finish: RealServerSketch['intent'] = { intent: 'halt', connections: 'finish' };
const close: RealServerSketch['intent'] = { intent: 'halt', connections: 'close' };

describe('persistence by cookie and by source', () => {
  it('keeps a client on its server by cookie, wherever it comes from', async () => {
    await serve(httpService(bothWays));
    const { body, cookie } = await get(port);
    const answers = await Promise.all(
      [2, 3, 4, 5].map((host) => get(port, { from: `127.0.0.${host}`, cookie: cookie ?? '' })),
    );
    expect(answers.map((answer) => answer.body)).toEqual([body, body, body, body]);
  });

  it('gives a cookie that is made of the number of the real server', async () => {
    await serve(httpService(bothWays));
    const { body, cookie } = await get(port);
    expect(cookie).toBe(`SERVERID=rs${['one', 'two', 'three'].indexOf(body) + 2}`);
  });

  it('finds a client that lost its cookie by its source address', async () => {
    await serve(httpService(bothWays));
    const { body } = await get(port, { from: '127.0.0.7' });
    await askedBy(5);
    expect((await get(port, { from: '127.0.0.7' })).body).toBe(body);
  });

  it('falls back to the source address when the cookie is unknown', async () => {
    await serve(httpService(bothWays));
    const { body } = await get(port, { from: '127.0.0.7' });
    expect((await get(port, { from: '127.0.0.7', cookie: 'SERVERID=rs99' })).body).toBe(body);
  });

  it('lets the cookie win and rewrite the table', async () => {
    await serve(httpService(bothWays));
    const first = await get(port, { from: '127.0.0.7' });
    const other = first.cookie === 'SERVERID=rs2' ? 'SERVERID=rs3' : 'SERVERID=rs2';
    const moved = await get(port, { from: '127.0.0.7', cookie: other });
    expect(moved.body).not.toBe(first.body);
    expect((await get(port, { from: '127.0.0.7' })).body).toBe(moved.body);
  });
});

describe('balance', () => {
  it('shifts the share with the weight, and a weight of 0 takes no new clients', async () => {
    await serve(
      httpService(
        {},
        { one: { spec: { weight: 200 } }, two: { spec: { weight: 100 } }, three: { spec: { weight: 0 } } },
      ),
    );
    const before = await askedBy(60);
    expect([share(before, 'one'), share(before, 'two'), share(before, 'three')]).toEqual([40, 20, 0]);
    await serve(
      httpService(
        {},
        { one: { spec: { weight: 100 } }, two: { spec: { weight: 200 } }, three: { spec: { weight: 0 } } },
      ),
    );
    const after = await askedBy(60);
    expect(share(after, 'two')).toBeGreaterThan(share(after, 'one'));
  });

  it('sends a client to the port that it came to when the real server inherits it', async () => {
    const inheriting = await webServer('inherits', '127.0.2.1', port);
    await serve(service({ mode: 'http' }, [{ number: 2, spec: { address: '127.0.2.1' } }]));
    expect((await get(port)).body).toBe('inherits');
    await inheriting.close();
  });

  it('tries another real server when one refuses the connection, at once and for a client with a cookie too', async () => {
    await serve(httpService(bothWays, { one: { spec: { port: await freePort() } } }));
    const startedAt = performance.now();
    expect(share(await askedBy(12), 'one')).toBe(0);
    const moved = await get(port, { cookie: 'SERVERID=rs2' });
    expect([moved.status, moved.cookie]).toEqual([200, expect.stringMatching(/^SERVERID=rs[34]$/)]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('listens on every port of a service, and on none of a disabled one', async () => {
    const second = await freePort();
    await serve(httpService({ ports: [port, second] }));
    expect((await get(second)).status).toBe(200);
    await serve({ ...httpService({ ports: [port, second] }), enabled: false });
    await expect(get(second)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('HTTP', () => {
  it('tells real servers the address of the client, and never the cookie of ours', async () => {
    await serve(httpService(bothWays));
    const { cookie } = await get(port);
    const { headers } = await get(port, { from: '127.0.0.8', cookie: `${cookie}; other=1` });
    const asked = JSON.parse(String(headers['x-asked'])) as Record<string, string>;
    expect(asked['x-forwarded-for']).toBe('127.0.0.8');
    expect(asked.cookie).toBe('other=1');
  });

  it('answers with a page of its own while no real server is available', async () => {
    await serve(httpService({}, { one: { verdict: 'down' }, two: { intent: finish }, three: { verdict: 'down' } }));
    const { status, body, headers } = await get(port);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      503,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(body).toContain('<h1>Service unavailable</h1>');
  });

  it('answers with the bare words of HAProxy when there is to be no page', async () => {
    const down = { verdict: 'down' } as const;
    await serve(httpService({ mode: 'http', fallback: { kind: 'none' } }, { one: down, two: down, three: down }));
    expect((await get(port)).body).toContain('No server is available to handle this request');
  });
});

describe('a verdict', () => {
  it('takes a real server out and stays: no check of HAProxy brings it back', async () => {
    await serve(httpService(bothWays));
    await serve(httpService(bothWays, { one: { verdict: 'down' } }));
    expect(share(await askedBy(12), 'one')).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(share(await askedBy(12, 2), 'one')).toBe(0);
    expect((await get(port, { cookie: 'SERVERID=rs2' })).body).not.toBe('one');
  });

  it('brings it back', async () => {
    await serve(httpService({}, { one: { verdict: 'down' } }));
    await serve(httpService({}, { one: { verdict: 'up' } }));
    expect(share(await askedBy(12), 'one')).toBe(4);
  });
});

describe('a drain that keeps clients', () => {
  it('keeps those that cookie or table ties to the server, and takes no others', async () => {
    await serve(httpService(bothWays, { two: { intent: finish }, three: { intent: finish } }));
    const byTable = await get(port, { from: '127.0.0.9' });
    await serve(httpService(bothWays, { one: { intent: keep } }));
    expect(byTable.body).toBe('one');
    expect((await get(port, { from: '127.0.0.9' })).body).toBe('one');
    expect((await get(port, { from: '127.0.0.10', cookie: byTable.cookie ?? '' })).body).toBe('one');
    expect(share(await askedBy(12), 'one')).toBe(0);
  });

  it('lets open connections go on', async () => {
    await serve(tcpService({ two: { intent: finish } }));
    const client = await connect();
    await serve(tcpService({ one: { intent: keep } }));
    expect(client.server).toBe('one');
    expect(await client.talks()).toBe(true);
  });
});

describe('a drain that forgets clients', () => {
  it('sends them elsewhere, by cookie and by table, and for good', async () => {
    await serve(httpService(bothWays, { two: { intent: finish }, three: { intent: finish } }));
    const before = await get(port, { from: '127.0.0.9' });
    await serve(httpService(bothWays, { one: { intent: forget } }));
    expect((await get(port, { from: '127.0.0.10', cookie: before.cookie ?? '' })).body).not.toBe('one');
    const moved = await get(port, { from: '127.0.0.9' });
    expect(moved.body).not.toBe('one');
    await serve(httpService(bothWays));
    expect((await get(port, { from: '127.0.0.9' })).body).toBe(moved.body);
  });

  it('clears the table: a client that comes back later is a new one', async () => {
    await serve(
      httpService(
        { mode: 'http', persistence: { kind: 'source-ip' } },
        { two: { intent: finish }, three: { intent: finish } },
      ),
    );
    await askedBy(8);
    await serve(httpService({ mode: 'http', persistence: { kind: 'source-ip' } }, { one: { intent: forget } }));
    await serve(httpService({ mode: 'http', persistence: { kind: 'source-ip' } }));
    expect(share(await askedBy(8), 'one')).toBeLessThan(8);
  });

  it('clears it again for those whose answers were on their way, which HAProxy learns anew', async () => {
    const slow = await slowServer('slow');
    const real = [slow, web[1]!];
    const serving = (changes: Readonly<Record<string, Partial<RealServerSketch>>>) =>
      service({ mode: 'http', persistence: { kind: 'source-ip' } }, behind(real, changes));
    await serve(serving({ two: { intent: finish } }));
    const late = get(port, { from: '127.0.0.9' });
    await until('the request is there', () => Promise.resolve(slow.waiting > 0), { withinMs: 10_000 });
    const drained = serving({ slow: { intent: forget } });
    await serve(drained);
    slow.answer();
    expect((await late).body).toBe('slow');
    const table = () => new RuntimeApi(node.process.workerSocket ?? '').ask(['show table vs1']);
    expect((await table())[0]).toContain('server_id=2'); // what makes the second time necessary
    await node.engine.sweep(aPicture({ services: [drained] }));
    expect((await table())[0]).toContain('used:0');
    await slow.close();
  });

  it('still does after a reload, and one that keeps clients still keeps them', async () => {
    const reloaded = { ...bothWays, maxConnections: 100 } as ServiceFields;
    await serve(httpService(bothWays, { two: { intent: finish }, three: { intent: finish } }));
    const { cookie = '' } = await get(port, { from: '127.0.0.9' });
    await serve(httpService(bothWays, { one: { intent: keep } }));
    await serve(httpService(reloaded, { one: { intent: keep } }));
    expect((await get(port, { from: '127.0.0.9' })).body).toBe('one');
    expect((await get(port, { from: '127.0.0.10', cookie })).body).toBe('one');
    expect(share(await askedBy(6), 'one')).toBe(0);
    await serve(httpService(reloaded, { one: { intent: forget } }));
    await serve(httpService(bothWays, { one: { intent: forget } }));
    expect((await get(port, { from: '127.0.0.9' })).body).not.toBe('one');
    expect((await get(port, { from: '127.0.0.10', cookie })).body).not.toBe('one');
  });

  it('ignores the cookie in a connection that stays open', async () => {
    await serve(httpService(bothWays, { two: { intent: finish }, three: { intent: finish } }));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { body, cookie } = await get(port, { agent });
    await serve(httpService(bothWays, { one: { intent: forget } }));
    const next = await get(port, { agent, cookie: cookie ?? '' });
    expect([body, next.body === 'one']).toEqual(['one', false]);
    agent.destroy();
  });

  it('lets open connections go on', async () => {
    await serve(tcpService({ two: { intent: finish } }));
    const client = await connect();
    await serve(tcpService({ one: { intent: forget } }));
    expect([client.server, await client.talks()]).toEqual(['one', true]);
    expect((await connect()).server).toBe('two');
  });
});

describe('a halt', () => {
  it('that lets connections finish takes nobody new and cuts nobody off', async () => {
    await serve(tcpService({ two: { intent: finish } }));
    const client = await connect();
    await serve(tcpService({ one: { intent: finish } }));
    expect([client.server, await client.talks()]).toEqual(['one', true]);
    expect((await connect()).server).toBe('two');
  });

  it('that closes connections closes those of this server, and no others', async () => {
    await serve(tcpService());
    const both = [await connect(), await connect()];
    await serve(tcpService({ one: { intent: close } }));
    await both.find(({ server }) => server === 'one')?.closed();
    expect(await both.find(({ server }) => server === 'two')?.talks()).toBe(true);
  });

  it('that closes connections closes those on old workers as well', async () => {
    await serve(tcpService());
    const both = [await connect(), await connect()];
    await serve(tcpService({}, { maxConnections: 100 })); // a reload
    await serve(tcpService({ one: { intent: close } }, { maxConnections: 100 }));
    await both.find(({ server }) => server === 'one')?.closed();
    expect(await both.find(({ server }) => server === 'two')?.talks()).toBe(true);
  });

  it('can be taken back', async () => {
    await serve(tcpService({ one: { intent: close }, two: { intent: close } }));
    await serve(tcpService({ two: { intent: close } }));
    expect((await connect()).server).toBe('one');
  });
});

describe('open connections', () => {
  it('are counted by service and real server, on old workers too', async () => {
    await serve(tcpService({ two: { intent: finish } }));
    await connect();
    await serve(tcpService({ two: { intent: finish } }, { maxConnections: 100 })); // a reload
    await connect();
    const counts = connectionsIn(await node.door.statistics());
    expect([counts.get('vs1'), counts.get('rs2'), counts.get('rs3')]).toEqual([2, 2, 0]);
  });

  it('have an age: that of the oldest to each real server, on old workers too', async () => {
    await serve(tcpService({ two: { intent: finish } }));
    await connect();
    await serve(tcpService({ two: { intent: finish } }, { maxConnections: 100 })); // a reload
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await connect();
    const ages = await node.door.oldestSessions();
    expect(ages.get('rs2')).toBeGreaterThanOrEqual(2);
    expect(ages.get('rs2')).toBeLessThan(60);
    expect(ages.has('rs3')).toBe(false);
  });
});
