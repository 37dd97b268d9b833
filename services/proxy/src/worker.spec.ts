import { ClusterFollower, emptyCluster, fromSnapshot } from '@evenkeel/cluster';
import {
  type Hash,
  type JournalNews,
  NodeName,
  NodeReport,
  type RealServerId,
  type Revision,
  type RulingVerdicts,
  type VerdictState,
} from '@evenkeel/contracts';
import { type Engine, type EngineRound, type Peer, type Picture, Reconciler } from '@evenkeel/data-plane';
import { Clock, type Rest } from '@evenkeel/kernel';
import { aRealServer, aSnapshot, aVirtualService, realServerId, someTime } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import { toLastServed, Worker } from './worker.ts';

class ManualClock extends Clock {
  ms = 0;
  override nowMs = (): number => this.ms;
  override monotonicMs = (): number => this.ms;
  override rest = (): Rest => ({ over: Promise.resolve(), wake: () => undefined });
}

const hash = (text: string): Hash => `${text.length}`.padStart(64, '0') as Hash;

/** An engine that does what it is told, counts, and can break. */
class ScriptedEngine implements Engine {
  readonly name = 'haproxy';
  sweeps = 0;
  failure: Error | undefined;
  picture: Picture | undefined;
  repairs: string[] = [];
  answer: EngineRound = { method: 'runtime', reloadReasons: [], waitingFor: [], configuration: 'as wanted' };
  converge(picture: Picture): Promise<EngineRound> {
    this.picture = picture;
    return this.failure === undefined ? Promise.resolve(this.answer) : Promise.reject(this.failure);
  }
  async sweep(picture: Picture) {
    this.sweeps += 1;
    return { repairs: this.repairs, convergence: await this.converge(picture) };
  }
}

const served = { ...emptyCluster, revision: 7 as Revision };

const setUp = ({ isNew = false, peers = [] as readonly Peer[], cluster = served, backSince = '' } = {}) => {
  const [engine, clock] = [new ScriptedEngine(), new ManualClock()];
  const reports: NodeReport[] = [];
  const news: JournalNews[] = [];
  const verdicts = new Map<RealServerId, VerdictState>();
  const ruling: RulingVerdicts = { by: 'own-checks', since: '2026-03-01T08:00:00.000Z', overruled: [] };
  const lastServed = isNew ? {} : { lastServed: cluster };
  const worker = new Worker({
    node: { name: NodeName.parse('lb-a'), peers, maxSockets: 1_000 },
    run: 'spec',
    version: '0.1.0',
    follower: new ClusterFollower({ feed: {} as never, hashOf: hash, ...lastServed }),
    verdicts: () => verdicts,
    backSince: (id) => (id === realServerId(3) ? backSince : undefined),
    ruling: () => ruling,
    reconciler: new Reconciler([engine], clock, hash),
    layer4: () => ({ state: 'able' }),
    haproxy: () => undefined,
    publish: (report) => reports.push(report),
    onNews: (one) => news.push(one),
    sweepMs: 10_000,
    clock,
  });
  return { worker, engine, clock, reports, news };
};

it('reports what was seen running, numbered, in every round', async () => {
  const { worker, reports } = setUp();
  await worker.round();
  await worker.round();
  expect(reports).toMatchObject([
    { node: 'lb-a', sequence: 1, received: 7, observed: 7, method: 'runtime', waitingFor: [] },
    { sequence: 2, observed: 7 },
  ]);
});

it('says whose verdicts it goes by', async () => {
  const { worker, reports } = setUp();
  await worker.round();
  expect(NodeReport.parse(reports[0]).verdicts?.by).toBe('own-checks');
});

it('leaves the data plane alone while a new node has not read the book', async () => {
  const { worker, reports, engine } = setUp({ isNew: true });
  await worker.round();
  expect(reports).toEqual([]);
  expect(engine.sweeps).toBe(0);
});

it('claims nothing while something is open', async () => {
  const { worker, engine, reports } = setUp();
  engine.answer = { ...engine.answer, waitingFor: ['rs2 is not drained yet'] };
  await worker.round();
  expect(reports).toMatchObject([{ received: 7, observed: 0, waitingFor: ['rs2 is not drained yet'] }]);
  expect(worker.lastServed()).toBeUndefined();
});

it('names real servers that are still finishing, and claims what it applied', async () => {
  const { worker, engine, reports } = setUp();
  engine.answer = { ...engine.answer, finishing: ['vs1/rs2'] };
  await worker.round();
  expect(NodeReport.parse(reports[0])).toMatchObject({ observed: 7, finishing: ['vs1/rs2'] });
});

it('reports a failure before it asks for another try', async () => {
  const { worker, engine, reports } = setUp();
  engine.failure = new Error('socket gone');
  await expect(worker.round()).rejects.toThrow('socket gone');
  expect(reports).toMatchObject([{ observed: 0, waitingFor: ['haproxy: socket gone'] }]);
});

it('looks at everything anew at the start and at every sweep, and tells what it repaired', async () => {
  const { worker, engine, clock, news, reports } = setUp();
  engine.repairs = ['rs2 had weight 1'];
  for (const ms of [0, 5_000, 9_999, 10_000, 15_000]) {
    clock.ms = ms;
    await worker.round();
  }
  expect(engine.sweeps).toBe(2);
  const repair = {
    kind: 'drift-repaired',
    engine: 'haproxy',
    revision: 7,
    found: ['rs2 had weight 1'],
    done: 'runtime',
  };
  expect(news).toMatchObject([repair, repair]);
  expect(reports.map(({ driftRepairs }) => driftRepairs)).toEqual([1, 1, 1, 2, 2]);
});

it('remembers what it served, as one object until that changes', async () => {
  const { worker } = setUp();
  await worker.round();
  const first = worker.lastServed();
  await worker.round();
  expect(worker.lastServed()).toBe(first);
  expect(first && toLastServed(first)).toMatchObject({ snapshot: { revision: 7 }, verdicts: [] });
});

it('says that it leaves after its last report, and nothing from then on', async () => {
  const { worker, reports } = setUp();
  await worker.round();
  worker.leave();
  await worker.round();
  expect(reports.map(({ sequence, leaving }) => [sequence, leaving])).toEqual([
    [1, undefined],
    [2, true],
  ]);
  expect(NodeReport.safeParse(reports[1]).success).toBe(true);
});

it('names the nodes that it shares tables with, and not itself', async () => {
  const places = ['lb-a', 'lb-b'].map((name) => ({ name: NodeName.parse(name), address: '10.0.0.1', port: 7_778 }));
  const { worker, reports } = setUp({ peers: places });
  await worker.round();
  expect(NodeReport.parse(reports[0])).toMatchObject({ node: 'lb-a', peers: ['lb-b'] });
});

it('gives a real server that has come back its weight step by step, with nothing else to do', async () => {
  const servers = [aRealServer({ number: 2 }), aRealServer({ number: 3 })];
  const cluster = fromSnapshot(aSnapshot([aVirtualService({ number: 1, spec: { slowStart: '30s' } })], servers));
  const startMs = Date.parse(someTime) + 60_000;
  const { worker, engine, clock } = setUp({ cluster, backSince: new Date(startMs).toISOString() });
  const shares: (number | undefined)[] = [];
  for (const second of [0, 1, 12, 29, 30]) {
    clock.ms = startMs + 1_000 * second;
    await worker.round();
    shares.push(engine.picture?.warming?.get(realServerId(3)));
  }
  expect(shares).toEqual([10, 10, 40, 90, undefined]);
});
