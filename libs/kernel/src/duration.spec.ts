import { describe, expect, it } from '@jest/globals';
import { durationMs, writeDuration } from './duration.ts';

describe('a written duration', () => {
  it.each([
    ['0ms', 0],
    ['500ms', 500],
    ['5s', 5_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
  ])('%s is %d milliseconds', (written, ms) => expect(durationMs(written)).toBe(ms));

  it.each(['', '5', 's', '-5s', '1.5s', '5 s', '5S', '1m30s', '5s\n', '1234567890s', 'Infinityms'])(
    'is not %j',
    (written) => expect(durationMs(written)).toBeUndefined(),
  );
});

describe('writing a duration', () => {
  it.each([
    [0, '0ms'],
    [1, '1ms'],
    [1_000, '1s'],
    [1_500, '1500ms'],
    [60_000, '1m'],
    [90_000, '90s'],
    [43_200_000, '12h'],
    [86_400_000, '1d'],
  ])('writes %d milliseconds as %s, the shortest exact form', (ms, written) => {
    expect(writeDuration(ms)).toBe(written);
    expect(durationMs(written)).toBe(ms);
  });
});
