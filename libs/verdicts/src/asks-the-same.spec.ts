import { type Cluster, fromSnapshot, type Occasion, withEvent } from '@evenkeel/cluster';
import type { ClusterEvent, RealServerInput, Revision } from '@evenkeel/contracts';
import {
  aRealServer,
  aRealServerSpec,
  aSnapshot,
  aVirtualService,
  anActor,
  realServerId,
  someTime,
  virtualServiceId,
} from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { asksTheSame } from './asks-the-same.ts';

const member = (number: number) =>
  aRealServer({ number, virtualServiceId: virtualServiceId(1), spec: { label: `PACS${number}` } });
const drained = (number: number): ClusterEvent => ({
  kind: 'RealServerDrainStarted',
  realServerId: realServerId(number),
  clients: 'keep',
});
const modified = (fields: Partial<RealServerInput>): ClusterEvent => ({
  kind: 'RealServerModified',
  realServerId: realServerId(2),
  changed: Object.keys(fields),
  realServer: aRealServerSpec({ label: 'PACS2', ...fields }),
});
const someOccasion: Occasion = { revision: 1 as Revision, time: someTime, actor: anActor(), reason: undefined };
const after = (cluster: Cluster, event: ClusterEvent): Cluster => withEvent(cluster, event, someOccasion);

// One step from the snapshot: before it, no way is remembered.
const start = after(fromSnapshot(aSnapshot([aVirtualService({ number: 1 })], [member(2), member(3)])), drained(3));

describe('the same is asked', () => {
  it.each([
    ['after a drain', drained(2)],
    ['after another weight', modified({ weight: 7 })],
  ])('%s', (_, event) => {
    expect(asksTheSame(start, after(start, event))).toBe(true);
  });
});

describe('something else may be asked', () => {
  const { spec } = aVirtualService({ number: 1 });
  it.each<[string, ClusterEvent]>([
    ['at another address', modified({ address: '10.9.9.9' })],
    ['at another port', modified({ port: 11_112 })],
    ['of one real server less', { kind: 'RealServerRemoved', realServerId: realServerId(2) }],
    [
      'by another check',
      { kind: 'VirtualServiceModified', virtualServiceId: virtualServiceId(1), changed: [], service: { ...spec } },
    ],
    ['of nobody', { kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(1) }],
  ])('%s', (_, event) => {
    expect(asksTheSame(start, after(start, event))).toBe(false);
  });

  it('when the way from one to the other is not remembered', () => {
    const elsewhere = { ...start, realServers: start.realServers.remove(realServerId(3)) };
    expect(asksTheSame(elsewhere, after(start, drained(2)))).toBe(false);
  });
});
