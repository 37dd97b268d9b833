import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { layer7PortsMax } from '@evenkeel/contracts';
import { aNode, aPicture, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { freePort } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// Ranges of ports, as clients meet them through a real HAProxy. Addresses of loopback that nobody else uses keep the
// service and its real servers apart: a server that inherits the port has the port of the client.

const [vip, machine] = ['127.0.0.51', '127.0.0.52'];

const listenOn = async (port: number, host: string): Promise<Server> => {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return server;
};
const closed = async (server: Server): Promise<void> => {
  server.close();
  await once(server, 'close');
};
const isFree = async (port: number): Promise<boolean> => {
  const attempts = await Promise.allSettled([vip, machine].map((host) => listenOn(port, host)));
  const servers = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? attempt.value : []));
  await Promise.all(servers.map(closed));
  return servers.length === attempts.length;
};
/** The first of as many free ports in a row. */
const freeRange = async (length: number): Promise<number> => {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const first = await freePort(vip);
    let free = 0;
    while (free < length && first + free <= 65_535 && (await isFree(first + free))) free += 1;
    if (free === length) return first;
  }
  throw new Error(`no ${length} free ports in a row at ${vip}`);
};

let node: RealNode;
beforeEach(async () => {
  node = await realNode();
});
afterEach(() => node.dispose());

const range = (from: number, to: number): ServiceSketch => ({
  number: 1,
  spec: { label: 'HL7', mode: 'http', address: vip, ports: [`${from}-${to}`], healthCheck: { kind: 'none' } },
  realServers: [{ number: 11, spec: { label: 'first', address: machine } }],
});
const serve = async (service: ServiceSketch) => {
  const round = await node.serve(service);
  expect([round.rejection, round.waitingFor]).toEqual([undefined, []]);
  return round;
};
const answerAt = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ host: vip, port, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.once('end', () => resolve(body));
    })
      .once('error', reject)
      .end();
  });

describe('a range of ports', () => {
  let first = 0;
  let servers: readonly BackEnd[];
  beforeAll(async () => {
    first = await freeRange(11);
    const ports = [first, first + 4, first + 9, first + 10];
    servers = await Promise.all(ports.map((port) => webServer(`at ${port}`, machine, port)));
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  it('takes each client to the very port that it asked for, and listens nowhere else', async () => {
    await serve(range(first, first + 9));
    for (const port of [first, first + 4, first + 9]) expect(await answerAt(port)).toBe(`at ${port}`);
    await expect(answerAt(first + 10)).rejects.toThrow('ECONNREFUSED');
  });

  it('grows and shrinks in one reload that says so', async () => {
    await serve(range(first, first + 9));
    const grown = await serve(range(first, first + 10));
    expect(grown).toMatchObject({ method: 'reload', reloadReasons: ['HL7 (vs1): ports'] });
    expect(await answerAt(first + 10)).toBe(`at ${first + 10}`);
    await serve(range(first + 4, first + 10));
    await expect(answerAt(first)).rejects.toThrow('ECONNREFUSED');
    expect(await answerAt(first + 4)).toBe(`at ${first + 4}`);
  });

  it('is refused with the port that somebody else has, and the old one goes on', async () => {
    await serve(range(first, first + 4));
    const somebody = await listenOn(first + 7, vip);
    try {
      const { rejection } = await node.serve(range(first, first + 9));
      expect(rejection).toContain(`cannot listen on ${vip}:${first + 7}: somebody else listens there`);
      expect(await answerAt(first + 4)).toBe(`at ${first + 4}`);
    } finally {
      await closed(somebody);
    }
  });
});

it('may be as large as the contracts allow, and a reload takes over all of it', async () => {
  const first = await freeRange(layer7PortsMax);
  const last = first + layer7PortsMax - 1;
  const server = await webServer('last', machine, last);
  try {
    await serve(range(first, last));
    expect(await answerAt(last)).toBe('last');
    const { method } = await serve({
      ...range(first, last),
      spec: { ...range(first, last).spec, reuse: true },
    });
    expect(method).toBe('reload');
    expect(await answerAt(last)).toBe('last');
  } finally {
    await server.close();
  }
});

it("is refused in HAProxy's words when a node has not that many sockets, and what runs goes on", async () => {
  const first = await freeRange(2);
  const server = await webServer('first', machine, first);
  const facts = { ...aNode, maxSockets: 2_500 };
  const others = [2, 3, 4].map((number): ServiceSketch => ({
    number,
    // Nobody listens on these addresses, and HAProxy does not come so far.
    spec: { label: `S${number}`, address: `127.0.0.${60 + number}`, ports: ['20000-21023'] },
    realServers: [],
  }));
  try {
    await node.engine.converge(aPicture({ node: facts, services: [range(first, first + 1)] }));
    const { rejection } = await node.engine.converge(
      aPicture({ node: facts, services: [range(first, first + 1), ...others] }),
    );
    expect(rejection).toMatch(/FD limit to \d+, limit is 2500/);
    expect(await answerAt(first)).toBe('first');
  } finally {
    await server.close();
  }
});
