import { ManualClock } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GatheringPace } from './reload-pace.ts';

/** A worker that wants reloads at given times, each to another configuration, and makes one whenever it may. */
const reloadsOf = async (wishesAtMs: readonly number[], lastsMs: number) => {
  const clock = new ManualClock();
  const reloads: { readonly startMs: number; readonly endMs: number }[] = [];
  const waited: number[] = [];
  let wanted: { readonly name: string; readonly sinceMs: number } | undefined;
  let isBusy = false;
  const attempt = async (): Promise<void> => {
    if (wanted === undefined || isBusy || pace.waitMs(wanted.name) > 0) return;
    const startMs = clock.monotonicMs();
    waited.push(startMs - wanted.sinceMs);
    wanted = undefined;
    isBusy = true;
    await clock.rest(lastsMs).over;
    isBusy = false;
    reloads.push({ startMs, endMs: clock.monotonicMs() });
    pace.reloaded();
    await attempt();
  };
  const pace = new GatheringPace(clock, () => void attempt());
  for (const [index, atMs] of wishesAtMs.entries()) {
    await clock.advance(atMs - clock.monotonicMs());
    wanted = { name: String(index), sinceMs: wanted?.sinceMs ?? atMs };
    void attempt();
  }
  await clock.advance(60_000);
  return { reloads, waited, isLeft: wanted !== undefined };
};

const every = (pauseMs: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => index * pauseMs);

describe('reloads', () => {
  it('come at once when there was none for a while', async () => {
    const { reloads } = await reloadsOf(every(1_000, 5), 50);
    expect(reloads.map(({ startMs }) => startMs)).toEqual(every(1_000, 5));
  });

  it('are few in a burst: fifty changes in a second', async () => {
    const { reloads, waited } = await reloadsOf(every(20, 50), 50);
    expect(reloads.length).toBeLessThanOrEqual(4);
    expect(Math.max(...waited)).toBeLessThan(1_000);
  });

  it('stay near each other for somebody who waits for one change before the next', async () => {
    const clock = new ManualClock();
    const pace = new GatheringPace(clock, () => undefined);
    const waits: number[] = [];
    for (let change = 0; change < 20; change += 1) {
      const ms = pace.waitMs(String(change));
      waits.push(ms);
      await clock.advance(ms + 50);
      pace.reloaded();
    }
    expect(waits).toEqual([0, ...Array<number>(19).fill(200)]);
  });

  it('are a few seconds apart in a burst that does not end', async () => {
    const { reloads } = await reloadsOf(every(20, 3_000), 50);
    expect(reloads.length).toBeLessThan(20);
  });

  it('whatever comes when: never nearer to each other than the pause, nobody waits for more than it, nobody is forgotten', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3_000), { maxLength: 60 }), fc.nat(400), async (pauses, lastsMs) => {
        let atMs = 0;
        const { reloads, waited, isLeft } = await reloadsOf(
          pauses.map((pause) => (atMs += pause)),
          lastsMs,
        );
        expect(isLeft).toBe(false);
        for (const [index, { startMs }] of reloads.entries())
          expect(startMs - (reloads[index - 1]?.endMs ?? -Infinity)).toBeGreaterThanOrEqual(200);
        // A wish may come in the middle of a reload, and then the pause begins.
        for (const ms of waited) expect(ms).toBeLessThanOrEqual(5_000 + lastsMs);
      }),
      { numRuns: 50 },
    ));
});
