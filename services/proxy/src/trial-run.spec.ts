import { type Cluster, fromSnapshot } from '@evenkeel/cluster';
import { type ClusterEvent, type Hash, type Layer4Ability, NodeName, type Revision } from '@evenkeel/contracts';
import { families, type NftCommand } from '@evenkeel/data-plane';
import {
  aRealServer,
  aServiceSpec,
  aSnapshot,
  aVirtualService,
  ManualClock,
  realServerId,
  virtualServiceId,
} from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import { TrialRun } from './trial-run.ts';

const at = (revision: number): Cluster =>
  fromSnapshot(
    aSnapshot(
      [
        aVirtualService({ number: 1, spec: { label: 'DICOM', ports: [104] } }),
        aVirtualService({ number: 2, spec: { label: 'CHECK', ports: [137], layer: 4, mode: 'udp' } }),
      ],
      [
        aRealServer({ number: 3, virtualServiceId: virtualServiceId(1) }),
        aRealServer({ number: 4, virtualServiceId: virtualServiceId(2) }),
      ],
      { revision: revision as Revision },
    ),
  );
const ports: ClusterEvent = {
  kind: 'VirtualServiceModified',
  virtualServiceId: virtualServiceId(1),
  changed: ['ports'],
  service: aServiceSpec({ label: 'DICOM', ports: [105] }),
};
const drain = (number: number): ClusterEvent => ({
  kind: 'RealServerDrainStarted',
  realServerId: realServerId(number),
  clients: 'keep',
});
const nothing = { state: 'not-asked', why: expect.stringContaining('nothing changes') };

let cluster: Cluster | undefined;
let layer4: Layer4Ability;
let askedHaproxy: string[];
let askedKernel: (readonly NftCommand[])[];
let words: { haproxy?: string; nftables?: string };
let failures: unknown[];
let failure: Error | undefined;
let clock: ManualClock;
let run: TrialRun;
beforeEach(() => {
  [cluster, layer4, words, failure] = [at(7), { state: 'able' }, {}, undefined];
  [askedHaproxy, askedKernel, failures] = [[], [], []];
  clock = new ManualClock();
  run = new TrialRun({
    node: { name: NodeName.parse('lb-a'), peers: [], maxSockets: 20_000 },
    cluster: () => cluster,
    verdicts: () => new Map(),
    layer4: () => layer4,
    haproxy: {
      wordsAgainst: (configuration) => {
        askedHaproxy.push(configuration);
        return failure === undefined ? Promise.resolve(words.haproxy) : Promise.reject(failure);
      },
    },
    kernels: families.map((family) => ({
      family,
      observe: () => Promise.resolve(undefined),
      wordsAgainst: (transaction) => {
        askedKernel.push(transaction);
        return Promise.resolve(words.nftables);
      },
    })),
    hash: (text) => `${text.length}`.padStart(64, '0') as Hash,
    clock,
    onFailure: (caught) => failures.push(caught),
  });
});
const judge = (events: ClusterEvent[], revision = 7) => run.judge({ revision: revision as Revision, events });

it('asks HAProxy about the text that it would be given, and leaves the kernel alone when its table stays', async () => {
  expect(await judge([ports])).toEqual({ haproxy: { state: 'accepted' }, nftables: nothing });
  expect(askedHaproxy).toEqual([expect.stringContaining('bind 192.168.85.150:105')]);
  expect(askedKernel).toEqual([]);
});

it('asks the kernel about the transaction, and leaves HAProxy alone when only an intent changes', async () => {
  expect(await judge([drain(3), drain(4)])).toEqual({ haproxy: nothing, nftables: { state: 'accepted' } });
  expect([askedHaproxy.length, askedKernel.length]).toEqual([0, 1]);
});

it('passes refusals on word for word', async () => {
  words = { haproxy: 'unknown keyword', nftables: 'No such file or directory' };
  expect(await judge([ports, drain(4)])).toEqual({
    haproxy: { state: 'refused', words: 'unknown keyword' },
    nftables: { state: 'refused', words: 'No such file or directory' },
  });
});

it('says why an engine was not asked', async () => {
  layer4 = { state: 'refused', words: 'nft: not installed' };
  failure = new Error('spawn failed');
  expect(await judge([ports, drain(4)])).toEqual({
    haproxy: { state: 'not-asked', why: 'spawn failed' },
    nftables: { state: 'not-asked', why: expect.stringContaining('nft: not installed') },
  });
  expect(failures).toEqual([failure]);
});

it('waits a moment for a revision that is on its way, and judges nothing but that one', async () => {
  const coming = judge([ports], 8);
  await clock.advance(100);
  cluster = at(8);
  await clock.advance(100);
  expect(await coming).toMatchObject({ haproxy: { state: 'accepted' } });
  const never = judge([ports], 9);
  await clock.advance(1_000);
  const why = 'this node has read revision 8, and not 9';
  expect(await never).toEqual({ haproxy: { state: 'not-asked', why }, nftables: { state: 'not-asked', why } });
  expect(await judge([ports], 7)).toMatchObject({ haproxy: { state: 'not-asked' } }); // events of the past may not fit
  expect(askedHaproxy).toHaveLength(1);
});
