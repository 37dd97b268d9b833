import { expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.ts';

it('lets so many through in a stretch of time, and as many in the next', () => {
  const turnstile = new Turnstile(3, 100);
  const passed = (now: number): number => [1, 2, 3, 4, 5].filter(() => turnstile.mayPass(now)).length;
  expect([passed(1_000), passed(1_099), passed(1_100)]).toEqual([3, 0, 3]);
});
