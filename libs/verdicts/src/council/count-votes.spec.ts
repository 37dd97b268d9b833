import type { VerdictState, Vote } from '@evenkeel/contracts';
import { expect, it } from '@jest/globals';
import { type Counted, countVotes, isSplit } from './count-votes.ts';

const vote = (state: VerdictState): Vote => ({ state, reason: 'check-passed', detail: 'seen' });
const blind: Vote = { state: 'unknown', reason: 'checker-failed', detail: 'no file handles', isBlind: true };

const words = { u: vote('up'), d: vote('down'), '?': vote('unknown'), b: blind } as const;
const votesIn = (letters: string): Vote[] => [...letters].map((letter) => words[letter as keyof typeof words]);
/** Capital letters: of those who are gone. */
const countedIn = (letters: string): Counted[] =>
  [...letters].map((letter) => ({
    vote: words[letter.toLowerCase() as keyof typeof words],
    isGone: letter !== letter.toLowerCase(),
  }));

it.each<[string, VerdictState, VerdictState, string]>([
  ['uu', 'down', 'up', 'all agree'],
  ['uud', 'up', 'up', 'one of three alone does not take it out'],
  ['udd', 'up', 'down', 'two of three do'],
  ['uud', 'down', 'up', 'and two of three bring it back'],
  ['ud', 'up', 'up', 'one of two does not take it out'],
  ['ud', 'down', 'down', 'and does not bring it back'],
  ['d', 'up', 'down', 'whoever is the only one is believed'],
  ['udb', 'up', 'up', 'who cannot ask does not count'],
  ['db', 'up', 'down', 'nor does he hinder the one who can'],
  ['bb', 'up', 'unknown', 'nobody knows when nobody can ask'],
  ['', 'down', 'down', 'nothing changes while nobody has voted'],
  ['U', 'down', 'down', 'those who are gone bring nobody back'],
  ['DD', 'up', 'up', 'and take nobody out'],
  ['DDu', 'up', 'up', 'also against one who is there'],
  ['Ud', 'up', 'up', 'but they are in the way of one who is alone'],
  ['Udd', 'up', 'down', 'not of two'],
  ['B', 'up', 'up', 'that they could not ask says nothing'],
  ['ud?', 'up', 'up', 'three who all differ have no majority'],
  ['??d', 'up', 'unknown', 'a majority may say that the check is wrong'],
])('votes %s make of %s: %s, because %s', (letters, last, then) => {
  expect(countVotes(countedIn(letters), last)).toBe(then);
});

it.each([
  ['uu', false],
  ['ud', true],
  ['u?', true],
  ['ub', false],
  ['', false],
])('votes %s are split: %s', (letters, is) => {
  expect(isSplit(votesIn(letters))).toBe(is);
});
