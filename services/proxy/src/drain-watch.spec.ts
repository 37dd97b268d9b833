import { emptyCluster, withEvent } from '@evenkeel/cluster';
import type { ClusterEvent, Revision } from '@evenkeel/contracts';
import {
  anActor,
  aRealServerSpec,
  aServiceSpec,
  ManualClock,
  realServerId,
  someTime,
  virtualServiceId,
} from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import { DrainWatch } from './drain-watch.ts';

const added: readonly ClusterEvent[] = [
  { kind: 'VirtualServiceAdded', virtualServiceId: virtualServiceId(1), number: 1, service: aServiceSpec() },
  ...[2, 3].map((number) => ({
    kind: 'RealServerAdded' as const,
    virtualServiceId: virtualServiceId(1),
    realServerId: realServerId(number),
    number,
    realServer: aRealServerSpec({ label: `N${number}`, address: `10.0.0.${number}` }),
  })),
];
const drain: ClusterEvent = { kind: 'RealServerDrainStarted', realServerId: realServerId(2), clients: 'keep' };
const clusterOf = (...events: readonly ClusterEvent[]) =>
  [...added, ...events].reduce(
    (cluster, event) =>
      withEvent(cluster, event, { revision: 1 as Revision, time: someTime, actor: anActor(), reason: undefined }),
    emptyCluster,
  );
const counted = (first: number, second: number) => [
  { id: realServerId(2), connections: first },
  { id: realServerId(3), connections: second },
];

const watching = () => {
  const clock = new ManualClock(Date.parse(someTime));
  const asked: number[] = [];
  const answer = { takesMs: 0, fails: false };
  const watch = new DrainWatch(async () => {
    asked.push(clock.monotonicMs());
    if (answer.takesMs > 0) await clock.rest(answer.takesMs).over;
    if (answer.fails) throw new Error('HAProxy does not answer');
    return new Map([
      ['rs2', 60],
      ['rs3', 7_200],
    ]);
  }, clock);
  return { clock, asked, answer, watch };
};

it('asks nobody while nothing drains, or nothing is left of a drain', async () => {
  const { asked, watch } = watching();
  expect(await watch.dated(clusterOf(), counted(5, 5))).toEqual(counted(5, 5));
  expect(await watch.dated(clusterOf(drain), counted(0, 5))).toEqual(counted(0, 5));
  expect(asked).toEqual([]);
});

it('says since when the oldest connection to a draining server is there, and nothing of the others', async () => {
  const { watch } = watching();
  const oldest = new Date(Date.parse(someTime) - 60_000).toISOString();
  expect(await watch.dated(clusterOf(drain), counted(5, 5))).toEqual([
    { id: realServerId(2), connections: 5, oldest },
    { id: realServerId(3), connections: 5 },
  ]);
});

it('asks every ten seconds, and less often where the answer takes long', async () => {
  const { clock, asked, answer, watch } = watching();
  const look = async (): Promise<void> => {
    const dated = watch.dated(clusterOf(drain), counted(5, 5));
    await clock.advance(2_000);
    await dated;
  };
  for (let nth = 0; nth < 6; nth += 1) await look();
  expect(asked).toEqual([0, 10_000]);
  answer.takesMs = 1_000;
  for (let nth = 0; nth < 60; nth += 1) await look();
  expect(asked).toEqual([0, 10_000, 20_000, 72_000, 124_000]);
});

it('fails once, and then leaves HAProxy in peace for a while', async () => {
  const { asked, answer, watch } = watching();
  answer.fails = true;
  await expect(watch.dated(clusterOf(drain), counted(5, 5))).rejects.toThrow('HAProxy does not answer');
  expect(await watch.dated(clusterOf(drain), counted(5, 5))).toEqual(counted(5, 5));
  expect(asked).toHaveLength(1);
});
