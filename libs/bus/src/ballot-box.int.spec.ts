import { type Ballot, ballotSubject, ClusterName } from '@evenkeel/contracts';
import { until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { startTestNats, type TestNats } from '../test/nats-server.ts';
import { BallotBox } from './ballot-box.ts';
import { connectBus } from './connection.ts';

const radiology = ClusterName.parse('radiology');
const ballot = (number: number): Ballot => ({
  checker: 'health-1',
  run: 'first',
  number,
  isReady: true,
  wantsAll: false,
  entries: [{ target: 'here', vote: { state: 'up', reason: 'check-passed', detail: 'well' } }],
});

let nats: TestNats;
let connections: NatsConnection[];
beforeAll(async () => {
  nats = await startTestNats();
  connections = await Promise.all(['one', 'other'].map((name) => connectBus({ servers: [nats.url], name })));
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await nats.dispose();
});

const hearing = async (at: number, cluster = radiology) => {
  const heard: Ballot[] = [];
  const stop = new BallotBox(connections[at]!, cluster).onBallot((one) => heard.push(one));
  await connections[at]?.flush(); // it listens
  return { heard, stop };
};

it('brings ballots to all checkers of the cluster, the sender too, in their order, and to nobody else', async () => {
  const [own, other, elsewhere] = [await hearing(0), await hearing(1), await hearing(1, ClusterName.parse('lab'))];
  const box = new BallotBox(connections[0]!, radiology);
  const sent = [1, 2, 3].map(ballot);
  for (const one of sent) box.send(one);
  await until('all are there', () => Promise.resolve(own.heard.length === 3 && other.heard.length === 3));
  expect([own.heard, other.heard, elsewhere.heard]).toEqual([sent, sent, []]);
  for (const { stop } of [own, other, elsewhere]) stop();
});

it('reads a ballot of a newer checker, and leaves out what it cannot read', async () => {
  const { heard, stop } = await hearing(1);
  const say = (said: unknown) => connections[0]?.publish(ballotSubject(radiology), JSON.stringify(said));
  say({ ...ballot(1), mood: 'good' });
  say({ checker: 'health-1' });
  connections[0]?.publish(ballotSubject(radiology), 'no JSON');
  say(ballot(3));
  await until('the last is there', () => Promise.resolve(heard.some(({ number }) => number === 3)));
  expect(heard).toEqual([ballot(1), ballot(3)]);
  stop();
});
