import { describe, expect, it } from '@jest/globals';
import { Clock, type Rest } from './clock.ts';
import { Loop, type LoopOptions } from './loop.ts';

/** Rests end only when a test ends them, so that each step of the loop can be seen. */
class HandClock extends Clock {
  readonly rests: { readonly ms: number; readonly rest: Rest }[] = [];

  override nowMs = (): number => 0;
  override monotonicMs = (): number => 0;

  override rest(ms: number): Rest {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const rest = { over, wake: resolve };
    this.rests.push({ ms, rest });
    return rest;
  }

  /** The time of the newest rest is over. */
  async ring(): Promise<void> {
    this.rests.at(-1)?.rest.wake();
    await settled();
  }

  get asked(): number[] {
    return this.rests.map(({ ms }) => ms);
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

const failures: unknown[] = [];
const options: LoopOptions = {
  sweepMs: 1_000,
  retryMinMs: 10,
  retryMaxMs: 40,
  onFailure: (failure) => failures.push(failure),
};

const started = async (round: () => Promise<void>) => {
  failures.length = 0;
  const clock = new HandClock();
  const loop = new Loop(round, options, clock);
  const ended = loop.run();
  await settled();
  const stop = async (): Promise<void> => {
    loop.stop();
    await ended;
  };
  return { clock, loop, stop };
};

const counting = () => {
  const counter = { rounds: 0, round: () => Promise.resolve(void (counter.rounds += 1)) };
  return counter;
};

describe('a loop', () => {
  it('makes a round at once and one at every sweep', async () => {
    const counter = counting();
    const { clock, stop } = await started(counter.round);
    expect(counter.rounds).toBe(1);
    await clock.ring();
    expect(counter.rounds).toBe(2);
    expect(clock.asked).toEqual([1_000, 1_000]);
    await stop();
  });

  it('makes a round at news without waiting for the sweep', async () => {
    const counter = counting();
    const { loop, stop } = await started(counter.round);
    loop.wake();
    await settled();
    expect(counter.rounds).toBe(2);
    await stop();
  });

  it('never runs two rounds at a time, and makes one round of all news that comes during one', async () => {
    const gates: (() => void)[] = [];
    const { loop, stop } = await started(() => new Promise((resolve) => gates.push(resolve)));
    loop.wake();
    loop.wake();
    await settled();
    expect(gates).toHaveLength(1);
    gates[0]?.();
    await settled();
    expect(gates).toHaveLength(2);
    gates[1]?.();
    await settled();
    expect(gates).toHaveLength(2); // both wakes were one piece of news
    await stop();
  });

  it('tells each failure and tries again with growing delay, up to the longest', async () => {
    const { clock, stop } = await started(() => Promise.reject(new Error('broken')));
    for (let retry = 0; retry < 3; retry += 1) await clock.ring();
    expect(clock.asked).toEqual([10, 20, 40, 40]);
    expect(failures).toHaveLength(4);
    await stop();
  });

  it('starts over with the short delay after a round that went well', async () => {
    let isBroken = true;
    const { clock, stop } = await started(() => (isBroken ? Promise.reject(new Error('broken')) : Promise.resolve()));
    await clock.ring();
    isBroken = false;
    await clock.ring();
    isBroken = true;
    await clock.ring();
    expect(clock.asked).toEqual([10, 20, 1_000, 10]);
    await stop();
  });

  it('lets no news cut the delay after a failure short', async () => {
    let rounds = 0;
    const { clock, loop, stop } = await started(() => Promise.reject(new Error(`round ${(rounds += 1)}`)));
    loop.wake();
    await settled();
    expect(rounds).toBe(1);
    await clock.ring();
    expect(rounds).toBe(2);
    await stop();
  });

  it('ends after the present round when it is stopped, in a rest as well as in a delay', async () => {
    const counter = counting();
    const resting = await started(counter.round);
    await resting.stop();
    expect(counter.rounds).toBe(1);
    const backingOff = await started(() => Promise.reject(new Error('broken')));
    await backingOff.stop();
    expect(failures).toHaveLength(1);
  });

  it('finishes a round that is under way before it ends', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { loop, stop } = await started(() => promise);
    let hasEnded = false;
    const ended = stop().then(() => (hasEnded = true));
    await settled();
    expect(hasEnded).toBe(false);
    resolve();
    await ended;
    loop.wake(); // nothing wakes a loop that has ended
    expect(hasEnded).toBe(true);
  });
});
