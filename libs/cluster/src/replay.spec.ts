import { ClusterEvent, isHttpsRedirect, type SealedCommit, type VirtualServiceId } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  expectFollowingEnds,
  expectNobodyBehindRedirects,
  expectNoAddressLoop,
  expectOneFamilyInLayer4,
  expectOneSpelling,
  expectNoRealServerTwice,
  expectSameState,
  expectTrueIndexes,
  expectUniqueEndpoints,
  expectUniqueLabels,
  expectUniqueNumbers,
} from '../test/invariants.ts';
import { live, verdictOf } from '../test/live.ts';
import { type Wish, wishes } from '../test/wishes.ts';
import {
  changedServices,
  type Cluster,
  emptyCluster,
  evolve,
  fromSnapshot,
  isAvailable,
  realServersOf,
  toSnapshot,
} from './index.ts';

const replay = (from: Cluster, commits: readonly SealedCommit[]): Cluster =>
  commits.reduce((cluster, { body, hash }) => evolve(cluster, JSON.parse(body) as SealedCommit['commit'], hash), from);

const runs = { numRuns: 150 };

describe('any sequence of accepted commands', () => {
  it('replays to the same state, every field of it', () => {
    fc.assert(
      fc.property(wishes, (told) => {
        const { commits, states } = live(told);
        const replayed = replay(emptyCluster, commits);
        expectSameState(replayed, states.at(-1) ?? emptyCluster);
        expectTrueIndexes(replayed);
      }),
      runs,
    );
  });

  it('continues from a snapshot as if there had been none', () => {
    fc.assert(
      fc.property(wishes, fc.nat(), (told, at) => {
        const { commits, states } = live(told);
        const cut = at % states.length;
        const stored = JSON.stringify(toSnapshot(states[cut] ?? emptyCluster));
        const restored = fromSnapshot(JSON.parse(stored) as ReturnType<typeof toSnapshot>);
        expectTrueIndexes(restored);
        const resumed = replay(restored, commits.slice(cut));
        expect(JSON.stringify(toSnapshot(resumed))).toBe(JSON.stringify(toSnapshot(states.at(-1) ?? emptyCluster)));
        expectTrueIndexes(resumed);
      }),
      runs,
    );
  });

  it('never breaks what must hold of a cluster, at any revision', () => {
    fc.assert(
      fc.property(wishes, (told) => {
        for (const cluster of live(told).states) {
          expectUniqueEndpoints(cluster);
          expectUniqueLabels(cluster);
          expectUniqueNumbers(cluster);
          expectNoRealServerTwice(cluster);
          expectNoAddressLoop(cluster);
          expectOneSpelling(cluster);
          expectOneFamilyInLayer4(cluster);
          expectFollowingEnds(cluster);
          expectNobodyBehindRedirects(cluster);
          expectTrueIndexes(cluster);
        }
      }),
      runs,
    );
  });

  it('makes only events that the contracts accept exactly as they are', () => {
    fc.assert(
      fc.property(wishes, (told) => {
        for (const { commit } of live(told).commits)
          for (const event of commit.events)
            expect(JSON.stringify(ClusterEvent.parse(event))).toBe(JSON.stringify(event));
      }),
      { numRuns: 100 },
    );
  });

  it('changes no state that was there before', () => {
    fc.assert(
      fc.property(wishes, (told) => {
        const { commits, states } = live(told);
        states.forEach((state, revision) => expectSameState(state, replay(emptyCluster, commits.slice(0, revision))));
      }),
      { numRuns: 30 },
    );
  });
});

it('remembers the way from state to state: every service that differs was changed on it', () => {
  fc.assert(
    fc.property(wishes, fc.nat(), fc.nat(), (told, one, other) => {
      const { states } = live(told);
      const [from, to] = [one % states.length, other % states.length].toSorted((a, b) => a - b);
      const [before, after] = [states[from!] ?? emptyCluster, states[to!] ?? emptyCluster];
      const changed = changedServices(before, after);
      if (changed === undefined) return;
      const all = new Set([...before.virtualServices.keys(), ...after.virtualServices.keys()]);
      for (const id of all) if (!changed.has(id)) expect(partsOf(after, id)).toEqual(partsOf(before, id));
    }),
    runs,
  );
});

/** The very objects of one service: unchanged means identical. */
const partsOf = (cluster: Cluster, id: VirtualServiceId) =>
  [cluster.virtualServices.get(id), ...realServersOf(cluster, id)].map(identityOf);

const identities = new WeakMap<object, number>();
let identitiesGiven = 0;
const identityOf = (thing: object | undefined): number | undefined => {
  if (thing === undefined) return undefined;
  const known = identities.get(thing) ?? (identitiesGiven += 1);
  identities.set(thing, known);
  return known;
};

describe('no command without force', () => {
  it('takes the last available real server of a service that stays, nor takes it below its watermark', () => {
    fc.assert(
      fc.property(wishes, (told) => {
        const { states, asked } = live(told);
        asked.forEach(({ wish, command }, index) => {
          const hasForce = 'force' in command && command.force && wish.hasReason;
          const [before, after] = [states[index] ?? emptyCluster, states[index + 1] ?? emptyCluster];
          if (!hasForce) expectNobodyLeftAlone(before, after, wish);
        });
      }),
      runs,
    );
  });
});

const expectNobodyLeftAlone = (before: Cluster, after: Cluster, wish: Wish): void => {
  const available = (cluster: Cluster, id: Parameters<typeof realServersOf>[1]): number =>
    realServersOf(cluster, id).filter((server) => isAvailable(server, verdictOf(wish)(server.id))).length;
  for (const [id, { spec }] of after.virtualServices) {
    if (isHttpsRedirect(spec)) continue; // nobody has to be there
    const [had, has] = [available(before, id), available(after, id)];
    const share = (spec.availability ?? 0) / 100;
    if (has < had) expect([has > 0, has >= share * realServersOf(after, id).length]).toEqual([true, true]);
  }
};
