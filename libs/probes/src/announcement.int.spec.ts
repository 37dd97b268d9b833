import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { ask } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { selfSigned } from '../test/certificate.ts';
import { serveTcp } from '../test/loopback-server.ts';

// Servers that expect the PROXY protocol drop whoever does not speak it, their own health check included.

const atEnd = cleanUpAfterEach();
const headers = {
  1: Buffer.from('PROXY UNKNOWN\r\n'),
  2: Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'),
} as const;

const at = (port: number, proxyProtocol?: 1 | 2) => ({
  ...{ address: '127.0.0.1', port },
  ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
});

/** Takes the header off and hands the connection on; drops a connection that begins otherwise. */
const expecting = async (version: 1 | 2, serve: (socket: Socket) => void): Promise<number> => {
  const header = headers[version];
  const { port, stop } = await serveTcp((socket) => {
    socket.once('readable', () => {
      const begin = socket.read(header.length) as Buffer | null;
      if (begin?.equals(header) === true) serve(socket);
      else socket.destroy();
    });
  });
  atEnd(stop);
  return port;
};
const sayHello = (socket: Socket): void => {
  socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
};

it.each([1, 2] as const)('asks HTTP of a server that expects version %i', async (version) => {
  const port = await expecting(version, sayHello);
  expect(await ask({ kind: 'http' }, at(port, version))).toMatchObject({ outcome: 'passed' });
  expect(await ask({ kind: 'http' }, at(port))).toMatchObject({ outcome: 'failed', reason: 'connection-closed' });
});

it.each([1, 2] as const)('says it before the first word of TLS, version %i', async (version) => {
  const secure = createServer(await selfSigned(), (_, response) => response.end());
  const port = await expecting(version, (socket) => secure.emit('connection', socket));
  expect(await ask({ kind: 'http', tls: {} }, at(port, version))).toMatchObject({ outcome: 'passed' });
});

it('still tells who refuses the connection', async () => {
  const { port, stop } = await serveTcp(() => undefined);
  await stop();
  for (const tls of [undefined, {}]) {
    expect(await ask({ kind: 'http', tls }, at(port, 2))).toMatchObject({
      outcome: 'failed',
      reason: 'connect-refused',
    });
  }
});

it('opens a connection to it', async () => {
  const { port, stop } = await serveTcp(() => undefined);
  atEnd(stop);
  expect(await ask({ kind: 'connect' }, at(port, 2))).toMatchObject({ outcome: 'passed' });
});
