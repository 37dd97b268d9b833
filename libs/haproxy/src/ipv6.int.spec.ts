import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { type RealServerSketch } from '@evenkeel/data-plane/test/layer7';
import { type ServiceFields } from '@evenkeel/testing';
import { describeNeeding, freePort, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';
import { whyNotListen } from './listening.ts';
import { RuntimeApi } from './runtime-api.ts';
import { retypedTables, teachesTables } from './table-handover.ts';

describeNeeding(describe, 'ipv6')('a service with an IPv6 address', () => {
  let web: readonly BackEnd[];
  let node: RealNode;
  let port: number;
  beforeAll(async () => {
    const addresses = { six: '::1', four: '127.0.0.1', other: '::1' };
    web = await Promise.all(Object.entries(addresses).map(([name, address]) => webServer(name, address)));
  });
  afterAll(() => Promise.all(web.map((server) => server.close())));
  beforeEach(async () => {
    node = await realNode();
    port = await freePort('::1');
  });
  afterEach(() => node.dispose());

  const behind = (server: BackEnd, changes: Partial<RealServerSketch> = {}): RealServerSketch => {
    const address = server.name === 'four' ? '127.0.0.1' : '::1';
    return { number: web.indexOf(server) + 2, spec: { label: server.name, address, port: server.port }, ...changes };
  };
  const serve = async (
    fields: ServiceFields,
    realServers: readonly RealServerSketch[] = web.map((one) => behind(one)),
  ) => {
    const spec = { address: '::1', ports: [port], mode: 'http', balance: 'round-robin', ...fields } as ServiceFields;
    const round = await node.serve({ number: 1, spec, realServers });
    expect(round).toMatchObject({ waitingFor: [] });
    expect(round.rejection).toBeUndefined();
    return round;
  };
  const get = (forwarded?: string, host = '[::1]'): Promise<Response> => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    return fetch(`http://${host}:${port}/`, { headers: { ...headers, connection: 'close' } });
  };
  const ask = async (forwarded?: string, host?: string): Promise<string> => (await get(forwarded, host)).text();
  const each = async (clients: readonly string[], host?: string): Promise<readonly string[]> => {
    const answers: string[] = [];
    for (const client of clients) answers.push(await ask(client, host));
    return answers;
  };

  it('serves from real servers of both families, and tells them the address of the client', async () => {
    await serve({});
    const answers = [await get(), await get(), await get()];
    const names = await Promise.all(answers.map((answer) => answer.text()));
    expect(names.toSorted()).toEqual(['four', 'other', 'six']);
    for (const answer of answers) {
      const told = JSON.parse(answer.headers.get('x-asked') ?? '') as Record<string, string>;
      expect(told['x-forwarded-for']).toBe('::1');
    }
  });

  it('takes in a real server, and moves one to the other family, without a reload', async () => {
    const [six, four, other] = web as [BackEnd, BackEnd, BackEnd];
    await serve({}, [behind(four)]);
    const moved = { label: 'four', address: '::1', port: six.port };
    expect(await serve({}, [behind(four, { spec: moved })])).toMatchObject({ method: 'runtime' });
    expect(await ask()).toBe('six');
    expect(await serve({}, [behind(four), behind(other)])).toMatchObject({ method: 'runtime' });
    expect((await each(['', ''])).toSorted()).toEqual(['four', 'other']);
    const back = { label: 'other', address: '127.0.0.1', port: four.port };
    expect(await serve({}, [behind(four), behind(other, { spec: back })])).toMatchObject({ method: 'runtime' });
    expect(await each(['', ''])).toEqual(['four', 'four']);
  });

  it('keeps intents and verdicts of IPv6 real servers through a reload', async () => {
    const [six, four, other] = web as [BackEnd, BackEnd, BackEnd];
    const servers = [
      behind(six, { verdict: 'down' }),
      behind(four),
      behind(other, { intent: { intent: 'drain', clients: 'keep' } }),
    ];
    await serve({}, servers);
    expect(await serve({ maxConnections: 77 }, servers)).toMatchObject({ method: 'reload' });
    expect(await each(['', '', ''])).toEqual(['four', 'four', 'four']);
  });

  it('remembers clients of both families by what a proxy says of them, through a reload', async () => {
    const persistence = { kind: 'x-forwarded-for' } as const;
    const clients = ['10.1.0.1', '2001:db8::1', '10.1.0.2', '2001:db8::2'];
    await serve({ mode: 'http', persistence });
    const first = await each(clients);
    expect(new Set(first).size).toBe(3);
    expect(await each(clients.toReversed())).toEqual(first.toReversed());
    expect(await serve({ mode: 'http', persistence, maxConnections: 77 })).toMatchObject({ method: 'reload' });
    expect(await each(clients.toReversed())).toEqual(first.toReversed());
  });

  it('remembers a client by its source address', async () => {
    await serve({ mode: 'http', persistence: { kind: 'source-ip' } });
    const first = await ask();
    expect([await ask(), await ask(), await ask()]).toEqual([first, first, first]);
  });

  it('keeps the clients that it can when it goes from IPv4 to IPv6, and back', async () => {
    const persistence = { kind: 'x-forwarded-for' } as const;
    const clients = ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4'];
    await serve({ mode: 'http', address: '127.0.0.1', persistence });
    const first = await each(clients, '127.0.0.1');
    // Now the old worker teaches the new one, but not this table.
    const worker = new RuntimeApi(node.process.workerSocket ?? '');
    await until('the worker may teach', () => teachesTables(worker), { withinMs: 60_000 });
    expect(await serve({ mode: 'http', persistence })).toMatchObject({
      method: 'reload',
      reloadReasons: ['DICOM (vs1): address'],
    });
    expect(await each(clients.toReversed())).toEqual(first.toReversed());
    await ask('2001:db8::1');
    await serve({ mode: 'http', address: '127.0.0.1', persistence });
    expect(await each(clients.toReversed(), '127.0.0.1')).toEqual(first.toReversed());
  });

  it('knows its clients by network in a content rule', async () => {
    const deny = (source: string): ServiceFields => ({
      mode: 'http',
      rules: [{ match: { source: [source] }, action: { kind: 'deny', status: 403 } }],
    });
    await serve(deny('2001:db8::/32'));
    expect((await get()).status).toBe(200);
    await serve(deny('::/64'));
    expect((await get()).status).toBe(403);
  });

  it('tells a real server of the other family whom it talks to, by PROXY protocol', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (first: Buffer) => socket.end(first));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = { label: 'told', address: '127.0.0.1', port: (server.address() as AddressInfo).port };
    await serve({ mode: 'tcp', sendProxy: 'v1' }, [{ number: 2, spec: at }]);
    const client = connect(port, '::1');
    const [line] = (await once(createInterface({ input: client }), 'line')) as [string];
    client.destroy();
    server.close();
    expect(line).toMatch(/^PROXY TCP6 ::1 ::1 \d+ \d+$/);
  });

  it('is told before a reload that somebody else listens there', async () => {
    const holder = createServer().listen(port, '::1');
    await once(holder, 'listening');
    const words = await whyNotListen(`  bind [::1]:${port} transparent\n`, '', process.pid);
    const elsewhere = await whyNotListen(`  bind [2001:db8::99]:${port} transparent\n`, '', process.pid);
    holder.close();
    expect(words).toBe(`cannot listen on [::1]:${port}: somebody else listens there (EADDRINUSE)`);
    expect(elsewhere).toBeUndefined();
  });
});

describe('tables whose keys get another type', () => {
  const section = (name: string, type: string) =>
    `listen ${name} from tcp\n  id 1\n  stick-table type ${type} size 1\n\n`;

  it('are those that both configurations have, and no others', () => {
    const before = `${section('vs1', 'ip')}listen vs2 from tcp\n\n${section('vs3', 'ipv6')}${section('vs4', 'ipv6')}`;
    const after = `${section('vs1', 'ipv6')}${section('vs2', 'ipv6')}${section('vs3', 'ip')}${section('vs4', 'ipv6')}`;
    expect(retypedTables(before, after)).toEqual(['vs1', 'vs3']);
    expect(retypedTables(before, before)).toEqual([]);
  });
});
