import { describe, expect, it } from '@jest/globals';
import { ManualClock } from './manual-clock.ts';

describe('a clock moved by hand', () => {
  it('ends each rest at its own time, in order', async () => {
    const clock = new ManualClock(0);
    const seen: [string, number][] = [];
    const rest = async (name: string, ms: number) => {
      await clock.rest(ms).over;
      seen.push([name, clock.monotonicMs()]);
    };
    const rests = [rest('late', 300), rest('early', 100)];
    await clock.advance(99);
    expect(seen).toEqual([]);
    await clock.advance(1_000);
    expect(seen).toEqual([
      ['early', 100],
      ['late', 300],
    ]);
    expect(clock.nowMs()).toBe(1_099);
    await Promise.all(rests);
  });

  it('runs a loop that rests again and again', async () => {
    const clock = new ManualClock();
    let rounds = 0;
    const loop = (async () => {
      for (; rounds < 5; rounds += 1) await clock.rest(10).over;
    })();
    await clock.advance(45);
    expect(rounds).toBe(4);
    await clock.advance(5);
    await loop;
    expect(clock.resting).toBe(0);
  });

  it('ends a rest at once when it is woken, without moving time', async () => {
    const clock = new ManualClock();
    const rest = clock.rest(1_000);
    rest.wake();
    await rest.over;
    expect(clock.monotonicMs()).toBe(0);
    expect(clock.resting).toBe(0);
  });
});
