import type { JournalNews } from '@evenkeel/contracts';
import { beforeEach, expect, it } from '@jest/globals';
import { Silences } from './silences.ts';

let noted: JournalNews[];
let silences: Silences;
beforeEach(() => {
  noted = [];
  silences = new Silences('health-1', (news) => noted.push(news));
});

it('notes, once it knows what it says, that nobody checked before it came', () => {
  silences.adopt([1_000, 5_000, 2_000]);
  silences.look(60_000);
  expect(noted).toEqual([]);
  silences.begin(90_000);
  silences.begin(200_000);
  expect(noted).toMatchObject([{ checker: 'health-1', silentSince: '1970-01-01T00:00:05.000Z' }]);
});

it('says nothing when somebody checked until a moment ago, nor when nobody ever did', () => {
  silences.begin(1_000);
  silences.adopt([5_000]);
  silences.look(15_000);
  expect(noted).toEqual([]);
});

it('notes that its own machine stood still', () => {
  silences.begin(1_000);
  silences.look(2_000);
  silences.look(60_000);
  silences.look(61_000);
  expect(noted).toMatchObject([{ kind: 'checks-resumed', silentSince: '1970-01-01T00:00:02.000Z' }]);
});
