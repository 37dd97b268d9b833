import { beforeEach, expect, it } from '@jest/globals';
import { infinittCheck, pictureOf } from '../../../test/layer4/picture-of.ts';
import { wantedLayer4 } from '../wanted.ts';
import { homesAfter } from './home.ts';
import type { Tie } from './tie.ts';
import { ToldClients } from './told-clients.ts';

/** Clients are remembered for 5 minutes. */
const homes = homesAfter(new Map(), wantedLayer4(pictureOf(infinittCheck()), 'ip').services);
const tie = (last: number, seconds: number, server = 2): Tie => ({
  server,
  address: `192.168.85.${last}`,
  untilMs: seconds * 1_000,
});
let told: ToldClients;
beforeEach(() => {
  told = new ToldClients();
});
const news = (...ties: Tie[]) => told.news(ties, homes, 10);

it('each client is told once, and again when it was used since for long', () => {
  expect(news(tie(10, 300))).toHaveLength(1);
  expect(news(tie(10, 300))).toEqual([]);
  expect(news(tie(10, 374))).toEqual([]);
  expect(news(tie(10, 376))).toHaveLength(1);
});

it('what another node has told is not told again', () => {
  told.heard(tie(10, 300));
  expect(news(tie(10, 300), tie(11, 300), tie(10, 300, 3))).toEqual([tie(11, 300), tie(10, 300, 3)]);
});

it('new clients come first when there are many, and the others next time', () => {
  news(tie(10, 300));
  const ties = [tie(10, 400), tie(11, 300), tie(12, 300)];
  expect(told.news(ties, homes, 2)).toEqual([tie(11, 300), tie(12, 300)]);
  expect(told.news(ties, homes, 2)).toEqual([tie(10, 400)]);
});

it('a client that was forgotten and has come back is news', () => {
  news(tie(10, 300));
  news();
  expect(news(tie(10, 300))).toHaveLength(1);
});
