import { ClusterSnapshot, Commit, Verdict } from '@evenkeel/contracts';
import { expect, it } from '@jest/globals';
import { aCommit, aRealServer, aServiceSpec, aSnapshot, aVerdict, aVirtualService } from './factories.ts';
import { countingIds, virtualServiceId } from './ids.ts';

it('makes things that the contracts accept as they are', () => {
  const snapshot = aSnapshot([aVirtualService()], [aRealServer(), aRealServer({ number: 3, spec: { weight: 1 } })]);
  expect(ClusterSnapshot.parse(snapshot)).toEqual(snapshot);
  const commit = aCommit({ events: [{ kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(1) }] });
  expect(Commit.parse(commit)).toEqual(commit);
  expect(Verdict.parse(aVerdict())).toEqual(aVerdict());
});

it('makes a service of every kind from the few fields that tell it apart', () => {
  const kinds = [{ mode: 'http' }, { mode: 'tcp' }, ...['tcp', 'udp', 'tcp-udp'].map((mode) => ({ layer: 4, mode }))];
  expect(kinds.map((fields) => aServiceSpec(fields as never)).map(({ layer, mode }) => `${layer} ${mode}`)).toEqual([
    '7 http',
    '7 tcp',
    '4 tcp',
    '4 udp',
    '4 tcp-udp',
  ]);
});

it('counts ids up, each kind on its own', () => {
  const ids = countingIds();
  expect([ids.newVirtualServiceId(), ids.newVirtualServiceId()]).toEqual([virtualServiceId(1), virtualServiceId(2)]);
  expect(ids.newRealServerId()).toMatch(/-000000000001$/);
});
