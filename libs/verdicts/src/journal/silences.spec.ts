import type { JournalNews } from '@evenkeel/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Silences } from './silences.ts';

let noted: JournalNews[];
let silences: Silences;
beforeEach(() => {
  noted = [];
  silences = new Silences('health-1', (news) => noted.push(news));
});

it('notes, once it knows what it says, that nobody checked before it came', () => {
  silences.adopt([1_000, 5_000, 2_000]);
  silences.look(60_000, 'nobody');
  expect(noted).toEqual([]);
  silences.begin(90_000, 'nobody');
  silences.begin(200_000, 'nobody');
  expect(noted).toMatchObject([{ checker: 'health-1', silentSince: '1970-01-01T00:00:05.000Z' }]);
});

it('says nothing when somebody checked until a moment ago, nor when nobody ever did', () => {
  silences.begin(1_000, 'nobody');
  silences.adopt([5_000]);
  silences.look(15_000, 'nobody');
  expect(noted).toEqual([]);
});

it('notes that its own machine stood still', () => {
  silences.begin(1_000, 'nobody');
  silences.look(2_000, 'nobody');
  silences.look(60_000, 'nobody');
  silences.look(61_000, 'nobody');
  expect(noted).toMatchObject([{ kind: 'checks-resumed', silentSince: '1970-01-01T00:00:02.000Z' }]);
});

describe('among other checkers', () => {
  beforeEach(() => silences.begin(1_000, 'heard'));
  /** It stands still from 2 s on, looks at 60 s, and every second after. */
  const pauseAndLook = (untilMs: number): void => {
    silences.look(2_000, 'heard');
    for (let now = 60_000; now <= untilMs; now += 1_000) silences.look(now, 'heard');
  };

  it('notes nothing when one of them went on while its own machine stood still', () => {
    pauseAndLook(61_000);
    silences.hear(600_000, 61_500);
    for (let now = 62_000; now < 90_000; now += 1_000) silences.look(now, 'heard');
    expect(noted).toEqual([]);
  });

  it('notes it when they stood still as well, once they had time to tell', () => {
    pauseAndLook(61_000);
    silences.hear(1_000, 61_500);
    expect(noted).toEqual([]);
    for (let now = 62_000; now < 90_000; now += 1_000) silences.look(now, 'heard');
    expect(noted).toMatchObject([{ silentSince: '1970-01-01T00:00:02.000Z' }]);
  });

  it('waits as long as it cannot hear them', () => {
    silences.look(2_000, 'heard');
    for (let now = 60_000; now < 90_000; now += 1_000) silences.look(now, 'unheard');
    silences.hear(600_000, 90_000);
    silences.look(91_000, 'heard');
    expect(noted).toEqual([]);
  });

  it('notes at its end what it was still waiting with', () => {
    pauseAndLook(60_000);
    silences.flush(60_500);
    silences.flush(61_000);
    expect(noted).toHaveLength(1);
  });

  it('says for how long it has checked without a pause, whoever asks first after one', () => {
    expect(silences.checksForMs(8_000)).toBe(7_000);
    expect(silences.checksForMs(60_000)).toBe(0);
    silences.look(61_000, 'heard');
    expect(silences.checksForMs(62_000)).toBe(2_000);
  });

  it('says nothing of that before it knows what it says', () => {
    expect(new Silences('health-2', () => undefined).checksForMs(1_000)).toBeUndefined();
  });
});

it('is told of no silence before it came by whoever was there all along', () => {
  silences.adopt([5_000]);
  silences.hear(600_000, 30_000);
  silences.begin(31_000, 'heard');
  for (let now = 32_000; now < 60_000; now += 1_000) silences.look(now, 'heard');
  expect(noted).toEqual([]);
});
