import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { type RealServerSketch, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { type ServiceFields } from '@evenkeel/testing';
import { freePort, until } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, Client, echoServer, get, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// How long HAProxy waits for whom, and which connections it keeps.

let node: RealNode;
let port: number;
let ends: (() => unknown)[];
beforeEach(async () => {
  node = await realNode();
  port = await freePort();
  ends = [];
});
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  await node.dispose();
});

const behind = (
  number: number,
  server: { port: number },
  fields: Partial<RealServerSketch> = {},
): RealServerSketch => ({
  number,
  ...fields,
  spec: { label: `at_${server.port}`, address: '127.0.0.1', port: server.port, ...fields.spec },
});
const serve = async (spec: ServiceFields, ...realServers: readonly RealServerSketch[]): Promise<void> => {
  const where = { address: '127.0.0.1', ports: [port] };
  const service: ServiceSketch = { number: 1, spec: { ...where, ...spec }, realServers };
  const round = await node.serve(service);
  expect(round.rejection).toBeUndefined();
  expect(round.waitingFor).toEqual([]);
};
const web = async (name: string): Promise<BackEnd> => {
  const server = await webServer(name);
  ends.push(() => server.close());
  return server;
};
const echo = async (name: string): Promise<BackEnd> => {
  const server = await echoServer(name);
  ends.push(() => server.close());
  return server;
};
const client = async (): Promise<Client> => {
  const one = await Client.connect(port);
  ends.push(() => one.close());
  return one;
};

/** A connection, and what it has heard until the other side closed it. */
const raw = (text: string): { readonly socket: Socket; readonly heard: Promise<string> } => {
  const socket = connect(port, '127.0.0.1');
  ends.push(() => socket.destroy());
  let heard = '';
  socket.setEncoding('utf8').on('data', (part: string) => (heard += part));
  socket.on('error', () => undefined);
  socket.write(text);
  return { socket, heard: once(socket, 'close').then(() => heard) };
};

describe('a client that is slow to ask', () => {
  it('is told so and cut off, however many bytes trickle in', async () => {
    await serve({ mode: 'http', requestTimeout: '400ms' }, behind(2, await web('one')));
    const { socket, heard } = raw('GET / HTTP/1.1\r\nHost: x\r\n');
    const trickle = setInterval(() => socket.write('X-More: 1\r\n'), 50);
    ends.push(() => clearInterval(trickle));
    expect(await heard).toContain('408 Request Time-out');
  });

  it('is cut off when it is silent between two requests for longer than it may', async () => {
    await serve({ mode: 'http', keepAliveTimeout: '300ms', requestTimeout: '1m' }, behind(2, await web('one')));
    const heard = await raw('GET / HTTP/1.1\r\nHost: x\r\n\r\n').heard;
    expect(heard).toContain('200 OK');
  });
});

describe('a real server that has reached its limit', () => {
  /** Answers when it is told to. */
  const slow = async () => {
    const waiting: (() => void)[] = [];
    const server = createServer((_, response) => waiting.push(() => response.end('done'))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => (server.closeAllConnections(), server.close()));
    return { port: (server.address() as AddressInfo).port, waiting };
  };

  it('is asked when it is free again: its clients wait in a queue', async () => {
    const server = await slow();
    await serve({ mode: 'http' }, behind(2, server, { spec: { maxConnections: 1 } }));
    const both = [get(port), get(port)];
    await until('the first is there', () => Promise.resolve(server.waiting.length === 1));
    server.waiting.shift()?.();
    await until('the second follows', () => Promise.resolve(server.waiting.length === 1));
    server.waiting.shift()?.();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('has the limit that was set right after a reload', async () => {
    const server = await echo('one');
    await serve({}, behind(2, server));
    await serve({}, behind(2, server, { spec: { maxConnections: 7 } }));
    expect((await node.door.observe())?.services.get('vs1')?.get('rs2')).toMatchObject({ maxConnections: 7 });
  });

  it('has its waiting clients told after the time that the service gives them', async () => {
    const server = await slow();
    await serve({ mode: 'http', queueTimeout: '300ms' }, behind(2, server, { spec: { maxConnections: 1 } }));
    const first = get(port);
    await until('the first is there', () => Promise.resolve(server.waiting.length === 1));
    expect((await get(port)).status).toBe(503);
    server.waiting.shift()?.();
    expect((await first).status).toBe(200);
  });
});

describe('connections of HTTP', () => {
  const askTwice = async (agent: Agent): Promise<readonly string[]> => {
    ends.push(() => agent.destroy());
    const answers = [await get(port, { agent }), await get(port, { agent })];
    return answers.map(({ headers }) => String(headers.connection));
  };
  const oneSocket = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

  it('are kept on both sides', async () => {
    const server = await web('one');
    await serve({ mode: 'http' }, behind(2, server));
    expect(await askTwice(oneSocket())).not.toContain('close');
    expect(server.accepted).toBe(1);
  });

  it('to the real server end with the answer, where the service says so', async () => {
    const server = await web('one');
    await serve({ mode: 'http', connection: 'server-close' }, behind(2, server));
    expect(await askTwice(oneSocket())).not.toContain('close');
    expect(server.accepted).toBe(2);
  });

  it('end on both sides, where the service says so', async () => {
    const server = await web('one');
    await serve({ mode: 'http', connection: 'close' }, behind(2, server));
    expect(await askTwice(oneSocket())).toEqual(['close', 'close']);
    expect(server.accepted).toBe(2);
  });

  it.each([
    [false, 2],
    [true, 1],
  ])('are used again for the first request of another client: %p', async (reuse, connections) => {
    const server = await web('one');
    await serve({ mode: 'http', reuse }, behind(2, server));
    for (const agent of [oneSocket(), oneSocket()]) {
      ends.push(() => agent.destroy());
      expect((await get(port, { agent })).body).toBe('one');
    }
    expect(server.accepted).toBe(connections);
  });
});

describe('an upgraded connection', () => {
  const upgrading = async (): Promise<BackEnd & { readonly port: number }> => {
    const server = createServer().listen(0, '127.0.0.1');
    server.on('upgrade', (_: IncomingMessage, socket: Socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
      ends.push(() => socket.destroy());
    });
    await once(server, 'listening');
    ends.push(() => server.close());
    return { port: (server.address() as AddressInfo).port } as BackEnd;
  };
  const upgrade = async (): Promise<Socket> => {
    const asked = request({ port, host: '127.0.0.1', headers: { connection: 'Upgrade', upgrade: 'echo' } }).end();
    const [, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket];
    ends.push(() => socket.destroy());
    socket.on('error', () => undefined);
    return socket.resume();
  };

  it('may be silent for longer than a request may take', async () => {
    await serve({ mode: 'http', timeouts: { client: '1s', server: '1s' } }, behind(2, await upgrading()));
    const socket = await upgrade();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    socket.write('still here');
    expect(String((await once(socket, 'data'))[0])).toBe('still here');
  });

  it('ends after the idle time that the service gives it', async () => {
    await serve({ mode: 'http', tunnelTimeout: '1s' }, behind(2, await upgrading()));
    const socket = await upgrade();
    if (!socket.closed) await once(socket, 'close');
  });
});

describe('a verdict', () => {
  const twoServers = async () => ({ one: await echo('one'), two: await echo('two') });

  it('leaves open connections alone', async () => {
    const { one } = await twoServers();
    await serve({}, behind(2, one));
    const open = await client();
    await serve({}, behind(2, one, { verdict: 'down' }));
    expect(await open.talks()).toBe(true);
  });

  it('closes those of its real server, and no others, where the service says so', async () => {
    const { one, two } = await twoServers();
    const spec: ServiceFields = { onDown: 'close', balance: 'round-robin' };
    await serve(spec, behind(2, one), behind(3, two));
    const both = [await client(), await client()];
    await serve(spec, behind(2, one, { verdict: 'down' }), behind(3, two));
    await both.find(({ server }) => server === 'one')?.closed();
    expect(await both.find(({ server }) => server === 'two')?.talks()).toBe(true);
  });

  it('closes those that an old worker has as well', async () => {
    const { one, two } = await twoServers();
    await serve(
      { onDown: 'close' },
      behind(2, one),
      behind(3, two, { intent: { intent: 'halt', connections: 'finish' } }),
    );
    const open = await client();
    await serve({ onDown: 'close', maxConnections: 9 }, behind(2, one, { verdict: 'down' }), behind(3, two)); // a reload
    await open.closed();
  });

  it('is told from an operator who lets connections finish', async () => {
    const { one, two } = await twoServers();
    await serve({ onDown: 'close' }, behind(2, one));
    const open = await client();
    const halted = behind(2, one, { intent: { intent: 'halt', connections: 'finish' } });
    await serve({ onDown: 'close' }, halted, behind(3, two));
    expect(await open.talks()).toBe(true);
  });
});

describe('TCP keep-alive', () => {
  /** The timers of the sockets of HAProxy between these two ports, as the kernel has them. */
  const timers = async (filter: string): Promise<readonly string[]> => {
    const { stdout } = await promisify(execFile)('ss', ['-tnoH', 'state', 'established', filter]);
    return stdout.split('\n').filter((row) => row.trim() !== '');
  };

  it.each([true, false])('is on for both sides or for none: %p', async (tcpKeepAlive) => {
    const server = await echo('one');
    await serve({ tcpKeepAlive }, behind(2, server));
    await client();
    const sides = [await timers(`( sport = :${port} )`), await timers(`( dport = :${server.port} )`)];
    const kept = sides.map((rows) => rows.map((row) => row.includes('timer:(keepalive')));
    expect(kept).toEqual([[tcpKeepAlive], [tcpKeepAlive]]);
  });
});
