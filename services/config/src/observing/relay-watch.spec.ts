import type { Revision, SealedCommit } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import { RelayWatch } from './relay-watch.ts';

let head: number;
let held: number;
let outcome: 'published' | 'moved';
let clock: ManualClock;
let watch: RelayWatch;
beforeEach(() => {
  [head, held, outcome, clock] = [0, 0, 'published', new ManualClock()];
  const stream = { lastRevision: () => Promise.resolve(held as Revision), publish: () => Promise.resolve(outcome) };
  watch = new RelayWatch(stream, () => head as Revision, clock);
});
const commit = (revision: number): SealedCommit[] => [{ commit: { revision } } as SealedCommit];
const grow = (to: number): void => {
  head = to;
  watch.bookGrew();
};

it('lags from the moment at which the book grows until the stream holds it', async () => {
  grow(1);
  await clock.advance(200);
  grow(2);
  expect([watch.lag(), watch.delayMs()]).toEqual([2, 200]);
  await watch.publish(commit(2));
  expect([watch.lag(), watch.delayMs()]).toEqual([0, 0]);
});

it('does not take a refused publication for one', async () => {
  grow(1);
  outcome = 'moved';
  await watch.publish(commit(1));
  expect(watch.lag()).toBe(1);
});

it('notices that the stream was deleted, and that another process has filled it', async () => {
  grow(3);
  await watch.publish(commit(3));
  await watch.lastRevision();
  expect(watch.lag()).toBe(3);
  held = 3;
  await watch.lastRevision();
  expect([watch.lag(), watch.delayMs()]).toEqual([0, 0]);
});
