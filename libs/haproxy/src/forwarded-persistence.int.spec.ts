import { type RealServerSketch } from '@evenkeel/data-plane/test/layer7';
import { type ServiceFields } from '@evenkeel/testing';
import { freePort } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type BackEnd, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// Clients behind a proxy, which all come from its address.

let web: readonly BackEnd[];
beforeAll(async () => {
  web = await Promise.all(['one', 'two', 'three'].map((name) => webServer(name)));
});
afterAll(() => Promise.all(web.map((server) => server.close())));

let node: RealNode;
let port: number;
beforeEach(async () => {
  node = await realNode();
  port = await freePort();
});
afterEach(() => node.dispose());

const serve = async (fields: ServiceFields): Promise<void> => {
  const realServers = web.map((server, index): RealServerSketch => ({
    number: index + 2,
    spec: { label: server.name, address: '127.0.0.1', port: server.port },
  }));
  const where: ServiceFields = { address: '127.0.0.1', ports: [port], mode: 'http', balance: 'round-robin' };
  const spec = { ...where, ...fields } as ServiceFields;
  const round = await node.serve({ number: 1, spec, realServers });
  expect(round).toMatchObject({ waitingFor: [] });
};
const ask = async (forwarded?: string): Promise<string> => {
  const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return (await fetch(`http://127.0.0.1:${port}/`, { headers: { ...headers, connection: 'close' } })).text();
};
const each = async (clients: readonly string[]): Promise<readonly string[]> => {
  const answers: string[] = [];
  for (const client of clients) answers.push(await ask(client));
  return answers;
};
const clients = ['10.1.0.1', '10.1.0.2', '10.1.0.3'];

it.each([true, false])(
  'keeps each at its real server, whether or not we add a line of our own: %p',
  async (forwardedFor) => {
    await serve({ mode: 'http', forwardedFor, persistence: { kind: 'x-forwarded-for' } });
    const first = await each(clients);
    expect(new Set(first).size).toBe(3);
    expect(await each(clients.toReversed())).toEqual(first.toReversed());
  },
);

it('takes the last address, which the nearest proxy wrote, unless told otherwise', async () => {
  await serve({ mode: 'http', persistence: { kind: 'x-forwarded-for' } });
  const [server] = await each(['10.1.0.1']);
  expect(await each(['10.9.0.1, 10.1.0.1', '10.9.0.2, 10.1.0.1', '10.9.0.3,10.1.0.1'])).toEqual([
    server,
    server,
    server,
  ]);
  await serve({ mode: 'http', persistence: { kind: 'x-forwarded-for', position: 1 } });
  const [other] = await each(['10.8.0.1, 10.1.0.9']);
  expect(await each(['10.8.0.1, 10.1.0.7', '10.8.0.1'])).toEqual([other, other]);
});

it('keeps a client without the header by its source address', async () => {
  await serve({ mode: 'http', persistence: { kind: 'x-forwarded-for' } });
  const first = await ask();
  await each(clients);
  expect([await ask(), await ask()]).toEqual([first, first]);
});
