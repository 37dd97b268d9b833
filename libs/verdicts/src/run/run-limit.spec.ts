import { ManualClock } from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import { RunLimit } from './run-limit.ts';

let clock: ManualClock;
let limit: RunLimit;
beforeEach(() => {
  clock = new ManualClock();
  limit = new RunLimit(clock);
});

const takeOne = (): (() => void) => {
  const place = limit.take();
  if (!('giveBack' in place)) throw new Error(`no place for ${place.retryAfterSeconds} s`);
  return place.giveBack;
};

it('has four places at once', () => {
  const [giveBack] = [takeOne(), takeOne(), takeOne(), takeOne()];
  expect(limit.take()).toEqual({ retryAfterSeconds: 1 });
  giveBack();
  takeOne();
});

it('has sixty in a minute, and says when the next one is free', async () => {
  for (let run = 0; run < 60; run += 1) takeOne()();
  await clock.advance(20_000);
  expect(limit.take()).toEqual({ retryAfterSeconds: 40 });
  await clock.advance(40_000);
  takeOne();
});
