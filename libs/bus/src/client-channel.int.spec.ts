import { type ClientTies, ClusterName, NodeName, type Revision } from '@evenkeel/contracts';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { startTestNats, type TestNats } from '../test/nats-server.ts';
import { ClientChannel } from './client-channel.ts';
import { connectBus } from './connection.ts';

const ties: ClientTies = { revision: 7 as Revision, servers: [{ server: 2, clients: [['192.168.85.10', 100]] }] };
const names = ['lb-a', 'lb-b', 'lb-c'] as const;

let nats: TestNats;
let connections: NatsConnection[];
beforeAll(async () => {
  nats = await startTestNats();
  connections = await Promise.all(names.map((name) => connectBus({ servers: [nats.url], name })));
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await nats.dispose();
});

let runs = 0;
let cluster: string;
let heard: Record<string, unknown[]>;
let channels: ClientChannel[];
beforeEach(async () => {
  runs += 1;
  cluster = `cluster-${runs}`;
  heard = { 'lb-a': [], 'lb-b': [], 'lb-c': [] };
  channels = names.map((name, index) => {
    const channel = new ClientChannel(connections[index]!, ClusterName.parse(cluster), NodeName.parse(name));
    channel.listen({
      onTies: (one) => heard[name]?.push(one),
      onAsked: (node) => heard[name]?.push(`asked by ${node}`),
      onUnreadable: () => heard[name]?.push('unreadable'),
    });
    return channel;
  });
  await settled();
});

/** Everything that was sent has been delivered. */
const settled = async (): Promise<void> => {
  for (const connection of connections) await connection.flush();
  for (const connection of connections) await connection.flush();
};

it('tells every other node, and not itself', async () => {
  channels[0]?.tell(ties);
  await settled();
  expect(heard).toEqual({ 'lb-a': [], 'lb-b': [ties], 'lb-c': [ties] });
});

it('asks every other node, and each answers the one that has asked', async () => {
  channels[0]?.ask();
  await settled();
  expect(heard).toEqual({ 'lb-a': [], 'lb-b': ['asked by lb-a'], 'lb-c': ['asked by lb-a'] });
  channels[1]?.answer(NodeName.parse('lb-a'), ties);
  await settled();
  expect(heard).toMatchObject({ 'lb-a': [ties], 'lb-c': ['asked by lb-a'] });
});

it('is not heard in another cluster', async () => {
  new ClientChannel(connections[0]!, ClusterName.parse('elsewhere'), NodeName.parse('lb-z')).tell(ties);
  await settled();
  expect(Object.values(heard).flat()).toEqual([]);
});

it('reads a newer node as far as it knows it, counts what it cannot read, and goes on', async () => {
  const send = (words: string): void => connections[0]!.publish(`evenkeel.clients.${cluster}.lb-a`, words);
  send(JSON.stringify({ ...ties, mood: 'good', servers: [{ ...ties.servers[0], since: 1 }] }));
  send('{');
  send('');
  send(JSON.stringify({ ...ties, servers: [{ server: 2, clients: [['no address', 100]] }] }));
  send(JSON.stringify({ ...ties, servers: [{ server: 2, clients: [['192.168.85.10', -1]] }] }));
  const many = Array.from({ length: 10_000 }, (): [string, number] => ['192.168.85.10', 100]);
  send(JSON.stringify({ ...ties, servers: [{ server: 2, clients: many }] }));
  connections[0]!.publish(`evenkeel.clients-wanted.${cluster}.NOBODY`, '');
  send(JSON.stringify(ties));
  await settled();
  expect(heard['lb-b']).toEqual([ties, 'unreadable', 'unreadable', 'unreadable', 'unreadable', 'unreadable', ties]);
});
