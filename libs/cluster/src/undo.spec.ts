import { type ClusterCommand, type ClusterEvent, type ClusterName, noHash, type Revision } from '@evenkeel/contracts';
import { aCommit, countingIds } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contextOf, live, type Story } from '../test/live.ts';
import { apply } from '../test/told.ts';
import { applied, type Wish, wishes } from '../test/wishes.ts';
import { type Cluster, configurationOf, decide, emptyCluster, evolve, toSnapshot } from './index.ts';

const runs = { numRuns: 100 };
const cluster = 'radiology' as ClusterName;

/** Somebody with a reason, who insists; nobody is known to be down. */
const insisting: Wish = { command: () => apply({}), verdicts: ['unknown'], hasReason: true };

const decideOn = (state: Cluster, command: ClusterCommand, story: Story = { commits: [], states: [], asked: [] }) =>
  // Before any deadline: a drain whose time is over comes back without one.
  decide(state, command, { ...contextOf(insisting, command, story, countingIds(900)), nowMs: 0 });

describe('applying a document', () => {
  it('makes no commit when it is the export of what is there', () => {
    fc.assert(
      fc.property(wishes, fc.constantFrom('manual', 'other'), (told, scope) => {
        const state = live(told).states.at(-1) ?? emptyCluster;
        const command = apply(configurationOf(state, scope, cluster), { prune: true });
        expect(decideOn(state, command)).toEqual({ ok: true, value: { events: [] } });
      }),
      runs,
    );
  });

  it('makes no second commit', () => {
    fc.assert(
      fc.property(wishes, applied, (told, document) => {
        const state = live(told).states.at(-1) ?? emptyCluster;
        const command = { ...document(state), force: true } as ClusterCommand;
        const first = decideOn(state, command);
        if (!first.ok || first.value.events.length === 0) return;
        const after = evolve(state, nextCommit(state, first.value.events), noHash);
        expect(decideOn(after, command)).toEqual({ ok: true, value: { events: [] } });
      }),
      runs,
    );
  });
});

describe('reverting a commit', () => {
  it('that is the last one gives the state before it, ids and numbers included', () => {
    fc.assert(
      fc.property(wishes, (told) => {
        const story = live(told);
        const { commits, states } = story;
        const last = commits.at(-1);
        if (last === undefined) return;
        const state = states.at(-1) ?? emptyCluster;
        const revert = { kind: 'RevertCommit', revision: last.commit.revision, force: true } as const;
        const decided = decideOn(state, revert, story);
        if (!decided.ok) throw new Error(JSON.stringify([decided.refusal, last.commit.events]));
        const undone = evolve(state, nextCommit(state, decided.value.events), noHash);
        expect(lasting(undone)).toEqual(lasting(states.at(-2) ?? emptyCluster));
      }),
      { numRuns: 300 },
    );
  });

  it('and then that revert gives the state after it', () => {
    fc.assert(
      fc.property(wishes, (told) => {
        const { commits, states, asked } = live(told);
        const last = commits.at(-1);
        const state = states.at(-1) ?? emptyCluster;
        if (last === undefined) return;
        const story = { commits: [...commits], states: [...states], asked };
        for (const revision of [state.revision, state.revision + 1]) {
          const present = story.states.at(-1) ?? emptyCluster;
          const revert = { kind: 'RevertCommit', revision: revision as Revision, force: true } as const;
          const decided = decideOn(present, revert, story);
          if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
          const commit = nextCommit(present, decided.value.events);
          story.commits.push({ commit, body: '', hash: noHash });
          story.states.push(evolve(present, commit, noHash));
        }
        expect(lasting(story.states.at(-1) ?? emptyCluster)).toEqual(lasting(state));
      }),
      runs,
    );
  });

  it('that is not the last one leaves everything alone that it did not touch', () => {
    fc.assert(
      fc.property(wishes, fc.nat(), (told, nth) => {
        const story = live(told);
        const state = story.states.at(-1) ?? emptyCluster;
        const commit = story.commits[nth % Math.max(1, story.commits.length)]?.commit;
        if (commit === undefined) return;
        const decided = decideOn(state, { kind: 'RevertCommit', revision: commit.revision, force: true }, story);
        if (!decided.ok) return;
        const undone = evolve(state, nextCommit(state, decided.value.events), noHash);
        const isApart = (id: string): boolean => !commit.entities.includes(id);
        for (const id of [...state.virtualServices.keys(), ...undone.virtualServices.keys()].filter(isApart))
          expect(undone.virtualServices.get(id)).toBe(state.virtualServices.get(id));
        for (const id of [...state.realServers.keys(), ...undone.realServers.keys()].filter(isApart))
          expect(undone.realServers.get(id)).toBe(state.realServers.get(id));
      }),
      runs,
    );
  });
});

const nextCommit = (state: Cluster, events: readonly ClusterEvent[]) =>
  aCommit({ revision: (state.revision + 1) as Revision, previousHash: state.hash, events: [...events] });

/** A cluster without what no revert can bring back: who did what when, and numbers that were handed out since. */
const lasting = (state: Cluster) => {
  const { virtualServices, realServers } = toSnapshot(state);
  return {
    virtualServices: virtualServices.map(({ id, number, spec, enabled, duplicatedFrom }) => [
      ...[id, number, spec, enabled, duplicatedFrom],
    ]),
    realServers: realServers.map(({ id, number, virtualServiceId, spec, intent }) => [
      ...[id, number, virtualServiceId, spec, intent],
    ]),
    settings: state.settings.spec,
  };
};
