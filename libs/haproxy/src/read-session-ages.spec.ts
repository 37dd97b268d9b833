import { expect, it } from '@jest/globals';
import { oldestIn } from './read-session-ages.ts';

const session = (server: string, age: string): string =>
  `0x5644e24787e0: proto=tcpv4 src=127.0.0.1:49494 fe=vs4 be=vs4 srv=${server} ts=00 epoch=0 age=${age} calls=2 rate=2`;

it('finds the age of the oldest session to each server', () => {
  const sessions = [session('rs5', '3s'), session('rs5', '1m12s'), session('rs55', '2h3m'), session('rs7', '1d4h')];
  expect(oldestIn(sessions.join('\n'))).toEqual(
    new Map([
      ['rs5', 72],
      ['rs55', 7_380],
      ['rs7', 100_800],
    ]),
  );
});
