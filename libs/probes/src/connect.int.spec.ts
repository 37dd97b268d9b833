import { freePort, LabProcess } from '@evenkeel/testing/lab';
import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { ask } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { serveTcp } from '../test/loopback-server.ts';

const atEnd = cleanUpAfterEach();

it('passes when somebody accepts', async () => {
  const { port, stop } = await serveTcp(() => undefined);
  atEnd(stop);
  expect(await ask({ kind: 'connect' }, port)).toMatchObject({
    outcome: 'passed',
    reason: 'check-passed',
    detail: `127.0.0.1:${port} accepted a connection`,
  });
});

it('leaves no connection behind', async () => {
  const closed = Promise.withResolvers<boolean>();
  const { port, stop } = await serveTcp((socket) => socket.once('close', () => closed.resolve(true)));
  atEnd(stop);
  await ask({ kind: 'connect' }, port);
  expect(await closed.promise).toBe(true);
});

it('says that nothing listens there', async () => {
  const port = await freePort();
  expect(await ask({ kind: 'connect' }, port)).toMatchObject({
    outcome: 'failed',
    reason: 'connect-refused',
    detail: `127.0.0.1:${port} refused: nothing listens there`,
  });
});

it('asks from the address that the check names', async () => {
  const from = Promise.withResolvers<string | undefined>();
  const { port, stop } = await serveTcp((socket) => from.resolve(socket.remoteAddress));
  atEnd(stop);
  await ask({ kind: 'connect', source: '127.0.0.77' }, port);
  expect(await from.promise).toBe('127.0.0.77');
});

it('blames itself, not the server, when it does not have that address', async () => {
  const result = await ask({ kind: 'connect', source: '203.0.113.9' }, await freePort());
  expect(result).toMatchObject({ outcome: 'not-asked', reason: 'checker-failed' });
  expect(result.detail).toContain('EADDRNOTAVAIL');
});

it('gives up in time when the server lets nobody in', async () => {
  const port = await aFullServer();
  const result = await ask({ kind: 'connect', timeout: '300ms' }, port);
  expect(result).toMatchObject({ outcome: 'failed', reason: 'connect-timeout' });
  expect(result.detail).toBe(`127.0.0.1:${port} did not answer the connection attempt within 300ms`);
  expect(result.tookMs).toBeLessThan(5_000);
});

it('believes an answer that came in time, even when we were too busy to look', async () => {
  const { port, stop } = await serveTcp(() => undefined);
  atEnd(stop);
  const answer = ask({ kind: 'connect', timeout: '50ms' }, port);
  await Promise.resolve();
  for (const startedMs = performance.now(); performance.now() - startedMs < 150;);
  expect(await answer).toMatchObject({ outcome: 'passed' });
});

/** A stopped process with a full queue: the kernel drops what else comes, as a dead machine would. */
const aFullServer = async (): Promise<number> => {
  const program = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    console.log(this.address().port);
  })`;
  const server = LabProcess.start(process.execPath, ['-e', program]);
  atEnd(() => server.stop(0));
  while (!server.hasExited && server.lastWords === '') await new Promise((resolve) => setTimeout(resolve, 20));
  server.pause();
  const port = Number(server.lastWords);
  const queued = [0, 1, 2].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
  atEnd(() => queued.forEach((socket) => socket.destroy()));
  await Promise.all(queued.slice(0, 2).map((socket) => once(socket, 'connect')));
  return port;
};
