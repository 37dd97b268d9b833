import {
  ClusterName,
  NodeName,
  type NodeReport,
  reportSubject,
  type Revision,
  type TrialRequest,
  type Trials,
} from '@evenkeel/contracts';
import { aNodeReport } from '@evenkeel/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { startTestNats, type TestNats } from '../test/nats-server.ts';
import { connectBus } from './connection.ts';
import { NodeChannel } from './node-channel.ts';

const report = aNodeReport();

let nats: TestNats;
let connections: NatsConnection[];
beforeAll(async () => {
  nats = await startTestNats();
  connections = await Promise.all(['node', 'reader'].map((name) => connectBus({ servers: [nats.url], name })));
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await nats.dispose();
});

const channel = (at: number, cluster: string): NodeChannel =>
  new NodeChannel(connections[at]!, ClusterName.parse(cluster));

/** Takes the first report; the question is on its way when this returns. */
const firstReport = (reader: NodeChannel): Promise<NodeReport> =>
  new Promise((resolve) => {
    reader.onReport(resolve);
    reader.askForReports();
  });

it('gives a reader that has just come a report as soon as it asks', async () => {
  const node = channel(0, 'radiology');
  const stop = node.onAsked(() => node.publishReport(report));
  await connections[0]?.flush(); // the node listens
  expect(await firstReport(channel(1, 'radiology'))).toEqual(report);
  stop();
});

it('reads the report of a newer node as far as it knows it, and leaves what it cannot read', async () => {
  const heard = new Promise<NodeReport>((resolve) => channel(1, 'radiology').onReport(resolve));
  await connections[1]?.flush();
  const send = (words: object): void =>
    connections[0]!.publish('evenkeel.report.radiology.lb-a', JSON.stringify(words));
  send({ ...report, observed: 'all of it' });
  send({ ...report, mood: 'good', layer4: { state: 'able', since: 'yesterday' } });
  expect(await heard).toEqual(report);
});

it('disturbs no node of another cluster', async () => {
  let asked = 0;
  const stops = ['radiology', 'cardiology'].map((cluster) => channel(0, cluster).onAsked(() => (asked += 1)));
  await connections[0]?.flush();
  channel(1, 'radiology').askForReports();
  await connections[1]?.flush(); // the server has the question
  await connections[0]?.flush(); // and has delivered it
  expect(asked).toBe(1);
  for (const stop of stops) stop();
});

describe('a trial', () => {
  const request: TrialRequest = { revision: 7 as Revision, events: [] };
  const trials: Trials = { haproxy: { state: 'accepted' }, nftables: { state: 'refused', words: 'no such set' } };

  it('is answered by the node that was asked, and by nobody else', async () => {
    const asked: TrialRequest[] = [];
    const stop = channel(0, 'radiology').onTrialAsked(report.node, (question) => {
      asked.push(question);
      return Promise.resolve(trials);
    });
    await connections[0]?.flush();
    expect(await channel(1, 'radiology').askForTrial(report.node, request, 1_000)).toEqual(trials);
    expect(await channel(1, 'radiology').askForTrial(NodeName.parse('lb-b'), request, 1_000)).toBeUndefined();
    expect(asked).toEqual([request]);
    stop();
  });

  it('is not waited for longer than told, when the node cannot judge', async () => {
    const stop = channel(0, 'radiology').onTrialAsked(report.node, () => Promise.reject(new Error('no')));
    await connections[0]?.flush();
    expect(await channel(1, 'radiology').askForTrial(report.node, request, 50)).toBeUndefined();
    stop();
  });
});

it('goes on after what is no JSON at all', async () => {
  const [node, reader] = [channel(0, 'radiology'), channel(1, 'radiology')];
  const heard = new Promise<NodeReport>((resolve) => reader.onReport(resolve));
  await connections[1]?.flush(); // the reader listens
  connections[0]?.publish(reportSubject(ClusterName.parse('radiology'), report.node), 'no JSON {');
  node.publishReport(report);
  expect(await heard).toEqual(report);
});
