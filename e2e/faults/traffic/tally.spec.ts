import { expect, it } from '@jest/globals';
import { Tally, together } from './tally.ts';

const tallyAt = () => {
  const clock = { nowMs: 0 };
  return { clock, tally: new Tally(() => clock.nowMs) };
};

it('accounts for every request by its fate', () => {
  const { tally } = tallyAt();
  tally.answered();
  tally.lost('ECONNREFUSED');
  tally.lost('ECONNREFUSED');
  tally.sentAgain();
  expect(tally.take()).toMatchObject({
    sent: 4,
    answered: 1,
    lost: 2,
    sentAgain: 1,
    reasons: { ECONNREFUSED: 2 },
  });
  expect(tally.take()).toMatchObject({ sent: 0, answered: 0, lost: 0, sentAgain: 0, reasons: {} });
});

it('measures the longest time without an answer, losses or not', () => {
  const { clock, tally } = tallyAt();
  clock.nowMs = 10;
  tally.answered();
  clock.nowMs = 50;
  tally.lost('timeout');
  clock.nowMs = 110;
  tally.answered();
  clock.nowMs = 120;
  tally.answered();
  expect(tally.take().longestGapMs).toBe(100);
});

it('tells a gap that is still open, and goes on with it', () => {
  const { clock, tally } = tallyAt();
  tally.answered();
  clock.nowMs = 300;
  expect(tally.take().longestGapMs).toBe(300);
  clock.nowMs = 500;
  tally.answered();
  clock.nowMs = 510;
  expect(tally.take().longestGapMs).toBe(500);
});

it('adds up clients, and takes the gap of the one who waited longest', () => {
  const { clock, tally } = tallyAt();
  const other = new Tally(() => clock.nowMs);
  clock.nowMs = 200;
  other.lost('reset');
  tally.answered();
  tally.lost('reset');
  clock.nowMs = 250;
  expect(together([tally.take(), other.take()])).toEqual({
    sent: 3,
    answered: 1,
    lost: 2,
    sentAgain: 0,
    longestGapMs: 250,
    reasons: { reset: 2 },
  });
});
