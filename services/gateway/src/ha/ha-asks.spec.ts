import { type HaAnswer, NodeName, type NodeSample, type VirtualServiceId } from '@evenkeel/contracts';
import { pictureOf } from '@evenkeel/election';
import {
  aNodeReport,
  anActiveHaStatus,
  anActor,
  anHaStatus,
  aVirtualService,
  virtualServiceId,
} from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import type { ClusterView } from '../book/cluster-view.ts';
import { HaAsks } from './ha-asks.ts';

const [lbA, lbB] = [NodeName.parse('lb-a'), NodeName.parse('lb-b')];
const picture = () =>
  pictureOf([
    { status: anActiveHaStatus(), ageMs: 100 },
    { status: anHaStatus(), ageMs: 100 },
  ]);
const [web, elsewhere] = [virtualServiceId(1), virtualServiceId(2)];
const services = [
  { id: web, connections: 40 },
  { id: elsewhere, connections: 7 },
];
const serviceAt = (id: VirtualServiceId, address: string) => {
  const service = aVirtualService({ id });
  return [id, { ...service, spec: { ...service.spec, address } }] as const;
};
const cluster = {
  settings: { spec: { reasonRequired: 'configuration' } },
  virtualServices: new Map([serviceAt(web, '192.168.85.150'), serviceAt(elsewhere, '192.168.85.99')]),
};

const asks = (isReady: boolean, moves = true): HaAsks => {
  const answer: HaAnswer = { kind: 'done', changed: true, moves, sentence: 'lb-a hands over to lb-b' };
  const liveNodes = () =>
    [lbA, lbB].map((node) => ({
      report: aNodeReport({ node }),
      sample: { node, time: '', services } as unknown as NodeSample,
    }));
  const view = { isReady: () => isReady, cluster: () => cluster, liveNodes } as unknown as ClusterView;
  return new HaAsks({ picture }, view, { ask: () => Promise.resolve(answer) });
};

it('says how many connections there are through the addresses, and not through others', async () => {
  const wish = { node: lbB, reason: 'new memory' };
  expect(await asks(true).makeActive(wish, anActor(), true)).toMatchObject({
    breaksConnections: true,
    connections: 40,
  });
  expect(await asks(true, false).makeActive(wish, anActor(), true)).not.toHaveProperty('connections');
});

it('wants a reason where the settings want one, and does not wait for a book that cannot be read', async () => {
  const unexplained = { node: lbB };
  await expect((async () => asks(true).makeActive(unexplained, anActor(), false))()).rejects.toMatchObject({
    problem: { status: 422, code: 'reason-required' },
  });
  expect(await asks(false).makeActive(unexplained, anActor(), false)).toMatchObject({ changed: true });
});
