import { expect, it } from '@jest/globals';
import { sessionsOf } from './read-sessions.ts';

const answer = `0x5644e24787e0: proto=tcpv4 src=127.0.0.1:49494 fe=vs4 be=vs4 srv=rs5 ts=00 epoch=0 age=1s calls=2 rate=2
0x5644e2478aaa: proto=tcpv4 src=127.0.0.1:49496 fe=vs4 be=vs4 srv=rs55 ts=00 epoch=0 age=1s calls=2 rate=2
0x7fed90039e60: proto=sockpair src=unix:2 fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=0 age=0s calls=1 rate=0
`;

it('finds the sessions of one server of one service', () => {
  expect(sessionsOf(answer, { service: 'vs4', server: 'rs5' })).toEqual(['0x5644e24787e0']);
  expect(sessionsOf(answer, { service: 'vs1', server: 'rs5' })).toEqual([]);
});
