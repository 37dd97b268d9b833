import { createHash } from 'node:crypto';
import { type Cluster, fromSnapshot, toSnapshot } from '@evenkeel/cluster';
import { live, wishes } from '@evenkeel/cluster/test';
import { type Hash, NodeName, type RealServerId, type VerdictState } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  BothFamilies,
  families,
  filesOf,
  Layer7Engine,
  Layer7Wishes,
  type Picture,
  Reconciler,
  type Swept,
  wantedLayer4,
} from '../src/index.ts';
import { InMemoryNftables } from './layer4/in-memory-nftables.ts';
import { InMemoryHaproxy } from './layer7/in-memory-haproxy.ts';

// Nodes that lived through any history that the book allows.

const sha256 = (text: string): Hash => createHash('sha256').update(text).digest('hex') as Hash;
const runs = { numRuns: 60 };

const states: readonly VerdictState[] = ['up', 'down', 'unknown'];
/** One verdict for every real server; `isReversed`: the same, told in another order. */
const verdictsOf = (cluster: Cluster, seed: number, isReversed: boolean): ReadonlyMap<RealServerId, VerdictState> => {
  const ids = [...cluster.realServers.keys()].toSorted();
  const verdicts = ids.map((id, index) => [id, states[(index + seed) % 3] ?? 'unknown'] as const);
  return new Map(isReversed ? verdicts.toReversed() : verdicts);
};

const pictureOf = (cluster: Cluster, name: string, seed: number, isReversed = false): Picture => ({
  cluster,
  verdicts: verdictsOf(cluster, seed, isReversed),
  node: { name: NodeName.parse(name), peers: [], maxSockets: 20_000 },
});

/** What `cluster` is to a process that reads it from a stored snapshot. */
const restored = (cluster: Cluster): Cluster =>
  fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(cluster))) as ReturnType<typeof toSnapshot>);

const aReconciler = (): Reconciler =>
  new Reconciler(
    [
      new Layer7Engine(new InMemoryHaproxy(), sha256),
      new BothFamilies({ ip: new InMemoryNftables(), ip6: new InMemoryNftables(undefined, 'ip6') }),
    ],
    new ManualClock(),
    sha256,
  );

describe('two workers at the same revision with the same verdicts', () => {
  it('render byte-identical files, whatever each has lived through', () => {
    fc.assert(
      fc.property(wishes, fc.nat({ max: 2 }), (told, seed) => {
        const old = new Layer7Wishes(sha256);
        for (const cluster of live(told).states) {
          const { wanted } = old.of(pictureOf(cluster, 'lb-a', seed));
          const other = pictureOf(restored(cluster), 'lb-b', seed, true);
          expect(filesOf(new Layer7Wishes(sha256).of(other).wanted)).toEqual(filesOf(wanted));
          const layer4In = (picture: Picture) => families.map((family) => wantedLayer4(picture, family).text);
          expect(layer4In(other)).toEqual(layer4In(pictureOf(cluster, 'lb-a', seed)));
        }
      }),
      runs,
    );
  });

  it('report the same hash, whether they followed every commit or have just come', async () => {
    await fc.assert(
      fc.asyncProperty(wishes, fc.nat({ max: 2 }), async (told, seed) => {
        const followed = live(told).states;
        const old = aReconciler();
        let last = await old.reconcileOnce(pictureOf(followed[0] as Cluster, 'lb-a', seed));
        for (const cluster of followed) last = await old.reconcileOnce(pictureOf(cluster, 'lb-a', seed));
        const newest = restored(followed.at(-1) as Cluster);
        const fresh = await aReconciler().reconcileOnce(pictureOf(newest, 'lb-b', seed, true));
        expect(fresh.configurationHash).toBe(last.configurationHash);
        expect([last.observed, fresh.observed]).toEqual([newest.revision, newest.revision]);
      }),
      runs,
    );
  });
});

describe('a sweep', () => {
  it('never takes for drift what the node has done itself, whenever it comes', async () => {
    const sweeps = fc.infiniteStream(fc.boolean());
    await fc.assert(
      fc.asyncProperty(wishes, fc.nat({ max: 2 }), sweeps, async (told, seed, isSweep) => {
        const node = aReconciler();
        const repairs: Swept['repairs'][number][] = [];
        for (const [index, cluster] of live(told).states.entries()) {
          const picture = pictureOf(cluster, 'lb-a', seed + index);
          if (isSweep.next().value === true) repairs.push(...(await node.sweep(picture)).repairs);
          else await node.reconcileOnce(picture);
          repairs.push(...(await node.sweep(picture)).repairs);
        }
        expect(repairs).toEqual([]);
      }),
      runs,
    );
  });
});
