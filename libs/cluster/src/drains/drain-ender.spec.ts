import type { ClusterEvent, VerdictState } from '@evenkeel/contracts';
import { accept } from '@evenkeel/kernel';
import { ManualClock, someTime } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { aContext, clusterOf, dicomWithTwo, drainStarted, halted, someOccasion, verdicts } from '../../test/told.ts';
import { decide, DrainEnder, withEvent } from '../index.ts';

const startMs = Date.parse(someTime);
const at = (ms: number): string => new Date(startMs + ms).toISOString();

/** One config and its book, without a line between them. */
const world = (...events: readonly ClusterEvent[]) => {
  const clock = new ManualClock(startMs);
  const state = {
    cluster: clusterOf(...dicomWithTwo, ...events),
    recorded: [] as string[],
    heldUp: [] as string[],
    other: 'up' as VerdictState,
    knowsVerdicts: true,
    fails: 0,
  };
  const judge: ConstructorParameters<typeof DrainEnder>[0]['judge'] = (wish) =>
    decide(state.cluster, wish, aContext({ nowMs: clock.nowMs(), verdictOf: verdicts({ 52: state.other }) }));
  const ender = new DrainEnder({
    clock,
    judge,
    cluster: () => state.cluster,
    knowsVerdicts: () => state.knowsVerdicts,
    onHeldUp: (words) => state.heldUp.push(words),
    record: (wish, reason) => {
      if (state.fails-- > 0) return Promise.reject(new Error('no book'));
      const decided = judge(wish);
      const facts = decided.ok ? decided.value.events : [];
      state.recorded.push(...facts.map(() => reason));
      state.cluster = facts.reduce((cluster, fact) => withEvent(cluster, fact, someOccasion), state.cluster);
      return Promise.resolve(accept(undefined));
    },
  });
  return { clock, state, ender };
};

describe('a config process', () => {
  it('ends a drain at its deadline and not before, and says which order it follows', async () => {
    const { clock, state, ender } = world(drainStarted(51, 'keep', at(5_000)));
    await clock.advance(4_999);
    await ender.round();
    expect(state.recorded).toEqual([]);
    await clock.advance(1);
    await ender.round();
    await ender.round();
    expect(state.recorded).toEqual(['deadline of the drain ordered in revision 1 by admin']);
  });

  it('tries again when the book was out of reach', async () => {
    const { clock, state, ender } = world(drainStarted(51, 'keep', at(5_000)));
    await clock.advance(5_000);
    state.fails = 1;
    await expect(ender.round()).rejects.toThrow('no book');
    await ender.round();
    expect(state.recorded).toHaveLength(1);
  });

  it('says once that nobody else could serve, and ends the drain when somebody can', async () => {
    const { clock, state, ender } = world(drainStarted(51, 'keep', at(5_000)));
    state.other = 'down';
    await clock.advance(60_000);
    await ender.round();
    await ender.round();
    expect(state.heldUp).toEqual([
      'the drain of INF_PACS1 of DICOM is past its deadline, and nobody else could serve (last-available-real-server): not halted',
    ]);
    expect([ender.heldUp, state.recorded]).toEqual([1, []]);
    state.other = 'up';
    await ender.round();
    expect([ender.heldUp, state.recorded.length]).toEqual([0, 1]);
  });

  it('holds nothing up any more that an operator has ended', async () => {
    const { clock, state, ender } = world(drainStarted(51, 'keep', at(5_000)));
    state.other = 'down';
    await clock.advance(5_000);
    await ender.round();
    state.cluster = withEvent(state.cluster, halted(51, 'finish'), someOccasion);
    await ender.round();
    expect([ender.heldUp, state.recorded]).toEqual([0, []]);
  });

  it('waits until it knows who is down: before, everybody would count as available', async () => {
    const { clock, state, ender } = world(drainStarted(51, 'keep', at(5_000)));
    state.knowsVerdicts = false;
    await clock.advance(5_000);
    await ender.round();
    expect(state.recorded).toEqual([]);
    state.knowsVerdicts = true;
    await ender.round();
    expect(state.recorded).toHaveLength(1);
  });

  it('leaves a drain without a deadline alone', async () => {
    const { clock, state, ender } = world(drainStarted(51));
    await clock.advance(86_400_000);
    await ender.round();
    expect(state.recorded).toEqual([]);
  });
});
