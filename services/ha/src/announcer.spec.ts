import { expect, it } from '@jest/globals';
import { Announcer } from './announcer.ts';

it('tells often at first, then once a minute, and not when the addresses are gone', () => {
  const told: number[] = [];
  let now = 1_000;
  const announcer = new Announcer(() => told.push(now - 1_000));
  announcer.start(now);
  for (; now <= 200_000; now += 10) announcer.look(now < 130_000, now);
  expect(told).toEqual([0, 20, 50, 150, 500, 1_000, 2_000, 5_000, 65_000, 125_000]);
});

it('begins anew when the addresses come again', () => {
  let told = 0;
  const announcer = new Announcer(() => (told += 1));
  announcer.start(0);
  announcer.look(false, 10);
  announcer.look(true, 100);
  expect(told).toBe(1);
  announcer.start(200);
  expect(told).toBe(2);
});
