import { expect, it } from '@jest/globals';
import { startTestNats } from '../test/nats-server.ts';
import { connectBus, endBus } from './connection.ts';

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
