import { expect, it } from '@jest/globals';
import { startTestNats } from '../test/nats-server.ts';
import { setTimeout as rest } from 'node:timers/promises';
import { connectBus, ConnectionWatch, endBus } from './connection.ts';

it('ends a connection while the server is away, soon', async () => {
  const nats = await startTestNats();
  const connection = await connectBus({ servers: [nats.url], name: 'spec' });
  await nats.kill();
  const startedAt = performance.now();
  await endBus(connection);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(connection.isClosed()).toBe(true);
  await nats.dispose();
});

it('says what was still to be said before it ends', async () => {
  const nats = await startTestNats();
  const [sender, reader] = await Promise.all([1, 2].map(() => connectBus({ servers: [nats.url], name: 'spec' })));
  if (sender === undefined || reader === undefined) throw new Error('not connected');
  const heard: string[] = [];
  reader.subscribe('last.words', { callback: (_, message) => void heard.push(message.string()) });
  await reader.flush();
  for (let word = 0; word < 100; word += 1) sender.publish('last.words', String(word));
  await endBus(sender);
  await reader.flush();
  expect(heard).toHaveLength(100);
  await endBus(reader);
  await nats.dispose();
});

it('goes on trying when it is refused, at the start and later: the password may be right a minute later', async () => {
  const nats = await startTestNats();
  const [right, wrong] = ['right', 'wrong'].map((password) => ({ user: 'evenkeel', password }));
  await nats.restart(wrong);
  const coming = connectBus({ servers: [nats.url], name: 'spec', ...right });
  await rest(2_000);
  await nats.restart(right);
  const connection = await coming;
  const back = Promise.withResolvers<void>();
  const watch = new ConnectionWatch(connection, (news) => {
    if (news === 'reconnect') back.resolve();
  });
  await nats.restart(wrong);
  await rest(2_000);
  expect(watch.isConnected()).toBe(false);
  await nats.restart(right);
  await back.promise;
  await connection.flush();
  await endBus(connection);
  await nats.dispose();
}, 60_000);

it('does not quote an address that it cannot read', async () => {
  const servers = ['http://[admin:canary-7Qx@lb:notaport]'];
  const failure: unknown = await connectBus({ servers, name: 'spec' }).catch((why: unknown) => why);
  expect(failure).toBeInstanceOf(Error);
  expect(JSON.stringify(failure) + String(failure) + Object.values(failure as Error).join(' ')).not.toContain('canary');
});
