import { type Cluster, fromSnapshot } from '@evenkeel/cluster';
import {
  type ClusterEvent,
  type Convergence,
  NodeName,
  type NodeReport,
  type RehearsalAnswer,
  type RehearsalRequest,
  type Revision,
  type RulingVerdicts,
  type TrialRequest,
  type Trials,
} from '@evenkeel/contracts';
import {
  anActor,
  aNodeReport,
  aRealServer,
  aSnapshot,
  aVerdict,
  aVirtualService,
  realServerId,
  someTime,
  virtualServiceId,
} from '@evenkeel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Asking } from '../book/asking.ts';
import type { LiveNode } from '../book/cluster-view.ts';
import { ProblemException } from '../problems/problem-exception.ts';
import { Forecasts } from './forecasts.ts';

const at = (revision: number): Cluster =>
  fromSnapshot(
    aSnapshot(
      [aVirtualService()],
      [aRealServer({ number: 2, intent: { intent: 'drain', clients: 'forget' } }), aRealServer({ number: 3 })],
      { revision: revision as Revision },
    ),
  );
const online: ClusterEvent = { kind: 'RealServerBroughtOnline', realServerId: realServerId(2) };
const told = (revision: number): RehearsalAnswer => ({
  kind: 'done',
  rehearsal: {
    revision: revision as Revision,
    changed: true,
    decisions: [{ command: 'BringRealServerOnline', events: [online] }],
    changes: [],
    lint: [],
  },
});
const report = (name: string, verdicts?: RulingVerdicts): NodeReport =>
  aNodeReport({ node: NodeName.parse(name), ...(verdicts === undefined ? {} : { verdicts }) });
const asking: Asking = { actor: anActor(), preconditions: {}, query: { dryRun: true, timeout: '5s' } };
const command = { kind: 'BringRealServerOnline', realServerId: realServerId(2), whenUp: false } as const;
const accepted: Trials = { haproxy: { state: 'accepted' }, nftables: { state: 'not-asked', why: 'nothing changes' } };

let heads: Cluster[];
let answers: RehearsalAnswer[];
let live: LiveNode[];
let rehearsed: RehearsalRequest[];
let trials: [NodeName, TrialRequest][];
let judge: (node: NodeName) => Trials | undefined;
let forecasts: Forecasts;
beforeEach(() => {
  [heads, answers, live] = [[at(7)], [told(7)], [{ report: report('lb-a'), sample: undefined }]];
  [rehearsed, trials] = [[], []];
  judge = () => accepted;
  /** The first of a list; the last one stays. */
  const next = <Item>(list: Item[]): Item => (list.length > 1 ? list.shift() : list[0]) as Item;
  forecasts = new Forecasts(
    {
      rehearse: (request) => {
        rehearsed.push(request);
        return Promise.resolve(next(answers));
      },
    },
    {
      clusterSince: () => Promise.resolve(next(heads)),
      convergence: () => ({ silent: [NodeName.parse('lb-z')] }) as unknown as Convergence,
      liveNodes: () => live,
      verdicts: () => new Map([[realServerId(2), aVerdict({ state: 'up' })]]),
    },
    {
      askForTrial: (node, request) => {
        trials.push([node, request]);
        return Promise.resolve(judge(node));
      },
    },
  );
});
const ask = () => forecasts.ofWrite(asking, command, { reason: 'if' });

describe('a forecast', () => {
  it('says for every live node what it would do and whether it takes it, and names the silent ones', async () => {
    live = [
      { report: report('lb-b'), sample: undefined },
      { report: report('lb-a'), sample: undefined },
    ];
    judge = (node) => (node === 'lb-a' ? accepted : undefined);
    const forecast = await ask();
    expect(forecast).toMatchObject({
      dryRun: true,
      revision: 7,
      silent: ['lb-z'],
      nodes: [
        { node: 'lb-a', words: '1 runtime command, 0 reloads', trial: accepted },
        { node: 'lb-b', words: '1 runtime command, 0 reloads', trial: { haproxy: { state: 'silent' } } },
      ],
    });
    const request = { revision: 7, events: [online] };
    expect(trials).toEqual([
      ['lb-a', request],
      ['lb-b', request],
    ]);
    expect(rehearsed).toEqual([{ commands: [command], actor: asking.actor, reason: 'if' }]);
  });

  it('goes by the verdicts that the node goes by', async () => {
    // A server that leaves `maint` and is down is brought there by way of drain.
    const overruled = [{ realServerId: realServerId(2), state: 'down', since: someTime } as const];
    live = [{ report: report('lb-a', { by: 'own-checks', since: someTime, overruled }), sample: undefined }];
    expect((await ask()).nodes).toMatchObject([{ words: '3 runtime commands, 0 reloads' }]);
  });

  it('counts the connections of the node by its last sample', async () => {
    const gone: ClusterEvent = { kind: 'VirtualServiceDisabled', virtualServiceId: virtualServiceId(1) };
    const [answer] = answers;
    if (answer?.kind === 'done') answer.rehearsal.decisions = [{ command: 'DisableVirtualService', events: [gone] }];
    const services = [{ id: virtualServiceId(1), connections: 41 }];
    live = [
      { report: report('lb-a'), sample: { node: NodeName.parse('lb-a'), time: someTime, services, realServers: [] } },
    ];
    expect((await ask()).nodes[0]?.words).toBe(
      '1 reload because DICOM (vs1): disabled; 41 connections stay on the old process until done, or idle for 12h',
    );
  });

  it('is made anew when somebody writes meanwhile, and given up when that does not end', async () => {
    [heads, answers] = [
      [at(8), at(8)],
      [told(7), told(8)],
    ];
    expect(await ask()).toMatchObject({ revision: 8 });
    expect(rehearsed).toHaveLength(2);
    [heads, answers] = [[at(9)], [told(8)]];
    const failure: unknown = await ask().catch((caught: unknown) => caught);
    expect(failure).toBeInstanceOf(ProblemException);
    expect(failure).toMatchObject({ problem: { status: 503, code: 'book-moves' }, retryAfterSeconds: 1 });
  });
});
