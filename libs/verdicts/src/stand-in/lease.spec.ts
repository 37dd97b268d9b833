import { describe, expect, it } from '@jest/globals';
import { Lease } from './lease.ts';

const leaseMs = 10_000;
/** Beats as told: who, what, when heard. */
type Beat = readonly [checker: string, beat: number, atMs: number];
const after = (...beats: readonly Beat[]): Lease => {
  const lease = new Lease(leaseMs, 0);
  for (const beat of beats) lease.hear(...beat);
  return lease;
};

describe('the lease of the checkers', () => {
  it('runs out when nobody has ever spoken', () => {
    expect(after().hasRunOut(10_000)).toBe(false);
    expect(after().hasRunOut(10_001)).toBe(true);
  });

  it('is renewed by any of them', () => {
    const lease = after(['health-1', 1, 5_000], ['health-2', 1, 9_000]);
    expect(lease.hasRunOut(19_000)).toBe(false);
    expect(lease.hasRunOut(19_001)).toBe(true);
  });

  it('goes by when a beat was heard, not by the clock of who sent it', () => {
    const [ahead, behind] = [after(['health-1', 4e12, 5_000]), after(['health-1', 0, 5_000])];
    expect([ahead, behind].map((lease) => lease.hasRunOut(15_000))).toEqual([false, false]);
    expect([ahead, behind].map((lease) => lease.hasRunOut(15_001))).toEqual([true, true]);
  });

  it('is not renewed by the same beat told again', () =>
    expect(after(['health-1', 1, 1_000], ['health-1', 1, 9_000]).hasRunOut(11_001)).toBe(true));

  it('comes back, after a silence, with the second beat: a single one may have been stored long ago', () => {
    const once = after(['health-1', 1, 1_000], ['health-1', 2, 60_000]);
    expect(once.hasRunOut(60_000)).toBe(true);
    once.hear('health-1', 2, 60_500);
    expect(once.hasRunOut(60_500)).toBe(true);
    once.hear('health-1', 3, 61_000);
    expect(once.hasRunOut(61_000)).toBe(false);
  });

  it('does not come back with beats that had been waiting together, but with the next one', () => {
    const burst = after(['health-1', 1, 60_000], ['health-1', 2, 60_001], ['health-1', 3, 60_002]);
    expect(burst.hasRunOut(60_002)).toBe(true);
    burst.hear('health-1', 4, 61_000);
    expect(burst.hasRunOut(61_000)).toBe(false);
  });

  it('does not come back with what two dead checkers have left', () =>
    expect(after(['health-1', 1, 60_000], ['health-2', 1, 60_001]).hasRunOut(60_001)).toBe(true));

  it('does not come back with one stored beat after another, a long time apart', () =>
    expect(after(['health-1', 1, 60_000], ['health-1', 2, 80_000]).hasRunOut(80_000)).toBe(true));
});
