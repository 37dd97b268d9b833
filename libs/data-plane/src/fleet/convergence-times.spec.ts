import { NodeName, type Revision } from '@evenkeel/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ConvergenceTimes } from './convergence-times.ts';

const [a, b] = [NodeName.parse('lb-a'), NodeName.parse('lb-b')];
const at = (revision: number): Revision => revision as Revision;

let times: ConvergenceTimes;
beforeEach(() => {
  times = new ConvergenceTimes();
  times.seen(a, at(7), 0);
  times.committed(at(8), 1_000);
  times.committed(at(9), 3_000);
});

describe('from the commit to what a node runs', () => {
  it('is told once for each commit that a report brings', () => {
    expect(times.seen(a, at(7), 3_500)).toEqual([]);
    expect(times.seen(a, at(9), 4_000)).toEqual([
      { node: a, ms: 3_000 },
      { node: a, ms: 1_000 },
    ]);
    expect(times.seen(a, at(9), 5_000)).toEqual([]);
  });

  it('is told with the commit, when its report was quicker', () => {
    times.seen(a, at(10), 4_000);
    expect(times.committed(at(10), 3_900)).toEqual([{ node: a, ms: 100 }]);
    expect(times.seen(a, at(10), 5_000)).toEqual([]);
    expect(times.committed(at(11), 4_500)).toEqual([]);
  });

  it('is not told of what a node ran already when it was first heard', () => {
    expect(times.seen(b, at(12), 4_000)).toEqual([]);
    expect(times.committed(at(12), 3_000)).toEqual([]);
  });

  it('is not counted again when a node lost its claim and has it back', () => {
    times.seen(a, at(9), 4_000);
    expect(times.seen(a, at(0), 5_000)).toEqual([]);
    expect(times.seen(a, at(9), 6_000)).toEqual([]);
  });

  it('is never less than nothing, whatever the clocks say', () => {
    expect(times.seen(a, at(8), 900)).toEqual([{ node: a, ms: 0 }]);
  });
});

describe('the lag of a node', () => {
  it('begins with the oldest commit that it lacks', () => {
    expect([times.lagMs(at(7), 4_000), times.lagMs(at(8), 4_000), times.lagMs(at(9), 4_000)]).toEqual([
      3_000, 1_000, 0,
    ]);
  });

  it('is at least that of the oldest commit that is remembered', () => {
    for (let revision = 10; revision <= 2_000; revision += 1) times.committed(at(revision), revision * 1_000);
    expect(times.lagMs(at(7), 2_000_000)).toBe(2_000_000 - 1_001_000);
  });
});
