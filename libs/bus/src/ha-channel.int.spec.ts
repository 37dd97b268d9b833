import {
  ClusterName,
  haAskSubject,
  haStatusSubject,
  type HaQuestion,
  type HaStatus,
  NodeName,
} from '@evenkeel/contracts';
import { anActiveHaStatus, anHaStatus } from '@evenkeel/testing';
import { until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { startTestNats, type TestNats } from '../test/nats-server.ts';
import { connectBus } from './connection.ts';
import { HaChannel } from './ha-channel.ts';
import { HeartbeatChannel } from './heartbeat-channel.ts';

const [lbA, lbB] = [NodeName.parse('lb-a'), NodeName.parse('lb-b')];
const question: HaQuestion = {
  group: 'addresses',
  wish: { kind: 'make-active' },
  dryRun: false,
  actor: { name: 'anna', kind: 'token', authenticatedBy: 'spec' },
};

let nats: TestNats;
let node: NatsConnection;
let gateway: NatsConnection;
let cluster: ClusterName;
let runs = 0;
beforeAll(async () => {
  nats = await startTestNats();
  node = await connectBus({ servers: [nats.url], name: 'node' });
  gateway = await connectBus({ servers: [nats.url], name: 'gateway' });
});
afterAll(async () => {
  await Promise.all([node.close(), gateway.close()]);
  await nats.dispose();
});
beforeEach(() => {
  runs += 1;
  cluster = ClusterName.parse(`cluster-${runs}`);
});

it('tells every status to whoever listens, also one of a newer node, and nothing that nobody can read', async () => {
  const heard: HaStatus[] = [];
  const [listener, teller] = [new HaChannel(gateway, cluster), new HaChannel(node, cluster)];
  const stop = listener.onStatus((status) => heard.push(status));
  await gateway.flush();
  node.publish(haStatusSubject(cluster, lbA), 'no status');
  node.publish(haStatusSubject(cluster, lbA), JSON.stringify({ ...anActiveHaStatus(), mood: 'calm' }));
  teller.publishStatus(anHaStatus());
  await until('both are heard', () => Promise.resolve(heard.length === 2));
  expect(heard).toEqual([anActiveHaStatus(), anHaStatus()]);
  stop();
});

it('asks for statuses, and a node repeats its own', async () => {
  let asked = 0;
  new HaChannel(node, cluster).onStatusAsked(() => (asked += 1));
  await node.flush();
  new HaChannel(gateway, cluster).askForStatus();
  await until('it is asked', () => Promise.resolve(asked === 1));
});

it('brings a question to the node and its answer back, and tells nobody there from no answer', async () => {
  const [asker, answerer] = [new HaChannel(gateway, cluster), new HaChannel(node, cluster)];
  const done = { kind: 'done', changed: true, moves: true, sentence: 'done' } as const;
  const asked: HaQuestion[] = [];
  const stop = answerer.onAsked(lbB, (given) => {
    asked.push(given);
    return Promise.resolve(given.group === 'addresses' ? done : undefined);
  });
  await node.flush();
  expect(await asker.ask(lbB, question, 5_000)).toEqual(done);
  expect(asked).toEqual([question]);
  expect(await asker.ask(lbB, { ...question, group: 'second' }, 200)).toBe('unanswered');
  expect(await asker.ask(lbA, question, 5_000)).toBe('nobody-there');
  // A question that this version cannot read must be answered by nobody, rather than by a guess.
  const unreadable = gateway.request(
    haAskSubject(cluster, lbB),
    JSON.stringify({ ...question, wish: { kind: 'dance' } }),
    {
      timeout: 200,
    },
  );
  await expect(unreadable).rejects.toThrow(/timeout/i);
  expect(asked).toHaveLength(2);
  stop();
});

it('brings heartbeats to the node they are for, byte by byte, and none that is too long', async () => {
  const heard: Uint8Array[] = [];
  const [sender, receiver] = [new HeartbeatChannel(gateway, cluster), new HeartbeatChannel(node, cluster)];
  receiver.onHeartbeat(lbB, 4, (datagram) => heard.push(datagram));
  await node.flush();
  const heartbeat = Uint8Array.of(0, 255, 69, 75);
  sender.send(lbA, heartbeat);
  sender.send(lbB, Uint8Array.of(1, 2, 3, 4, 5));
  sender.send(lbB, heartbeat);
  await until('one is heard', () => Promise.resolve(heard.length > 0));
  expect(heard.map((bytes) => [...bytes])).toEqual([[0, 255, 69, 75]]);
});

it('keeps nothing while the bus is away', async () => {
  const other = await startTestNats();
  const connection = await connectBus({ servers: [other.url], name: 'node' });
  const listening = await connectBus({ servers: [other.url], name: 'gateway' });
  const heard: number[] = [];
  new HaChannel(listening, cluster).onStatus(({ sequence }) => heard.push(sequence));
  const asked: HaQuestion[] = [];
  new HaChannel(listening, cluster).onAsked(lbB, (given) => {
    asked.push(given);
    return Promise.resolve(undefined);
  });
  const channel = new HaChannel(connection, cluster);
  let isAway = false;
  void (async () => {
    for await (const { type } of connection.status()) if (type === 'disconnect') isAway = true;
  })();
  await other.kill();
  await until('the loss is known', () => Promise.resolve(isAway));
  channel.publishStatus(anHaStatus({ sequence: 1 }));
  expect(await channel.ask(lbB, question, 1)).toBe('nobody-there');
  await other.restart();
  let sequence = 2;
  await until('something is heard again', () => {
    channel.publishStatus(anHaStatus({ sequence }));
    sequence += 1;
    return Promise.resolve(heard.length > 0);
  });
  expect(heard).not.toContain(1);
  expect(asked).toEqual([]);
  await Promise.all([connection.close(), listening.close()]);
  await other.dispose();
}, 30_000);
