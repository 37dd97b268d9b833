import { describe, expect, it } from '@jest/globals';
import { dangersOf, profiles } from './times.ts';

describe('times', () => {
  it.each(Object.entries(profiles))('%s are safe', (_name, times) => {
    expect(dangersOf(times)).toEqual([]);
  });

  it('are unsafe when silence may be shorter than what somebody can still serve', () => {
    expect(dangersOf({ ...profiles.safe, deadMs: 400 })).toEqual([
      'deadMs must be at least 491: 2 × selfMs × 1.1 + heartbeatMs',
    ]);
  });

  it('tell everything that is wrong at once', () => {
    const times = { ...profiles.safe, ticketMs: 150, selfMs: 100, initMs: 500, leasePatienceMs: 200 };
    expect(dangersOf(times)).toEqual([
      'ticketMs must be at most 100: 2 × heartbeatMs',
      'selfMs must be at least 150: 3 × heartbeatMs',
      'initMs must be at least 1500: 3 × deadMs',
      'leasePatienceMs must be below ticketMs, 150',
    ]);
  });
});
