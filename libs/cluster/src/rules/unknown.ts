import type { ClusterRefusal, RealServerId, VirtualServiceId } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';

export const unknownVirtualService = (virtualServiceId: VirtualServiceId): ClusterRefusal => ({
  kind: 'unknown-virtual-service',
  virtualServiceId,
});

export const unknownRealServer = (realServerId: RealServerId): ClusterRefusal => ({
  kind: 'unknown-real-server',
  realServerId,
});

const nearMax = 5;

/** Offers the machines whose addresses begin most alike: a slip of the finger is near its target. */
export const unknownMachine = (cluster: Cluster, address: string): ClusterRefusal => {
  const near = [...cluster.machines.keys()]
    .map((other) => ({ other, alike: sharedStart(address, other) }))
    .toSorted((a, b) => b.alike - a.alike || (a.other < b.other ? -1 : 1))
    .slice(0, nearMax)
    .map(({ other }) => other);
  return { kind: 'unknown-machine', address, near };
};

const sharedStart = (a: string, b: string): number => {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared += 1;
  return shared;
};
