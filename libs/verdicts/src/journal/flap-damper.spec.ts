import type { JournalNews } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import { type ChangeNews, FlapDamper } from './flap-damper.ts';

let now: number;
let noted: ChangeNews[];
let damper: FlapDamper;
beforeEach(() => {
  now = 0;
  noted = [];
  const note = (news: JournalNews): void => void (news.kind === 'verdict-changed' && noted.push(news));
  damper = new FlapDamper(note, () => now);
});

const change = (number: number, server = 2): ChangeNews => ({
  kind: 'verdict-changed',
  sentence: `change ${number}`,
  entities: [],
  checker: 'health-1',
  virtualService: { id: virtualServiceId(1), label: 'DICOM' },
  realServer: { id: realServerId(server), label: `PACS${server}` },
  machine: '192.168.85.200',
  from: 'up',
  to: 'down',
  detail: 'spec',
  evidence: [],
});

it('writes the first ten of a real server one by one, whatever the others do', () => {
  for (let number = 1; number <= 12; number += 1) damper.take(change(number));
  damper.take(change(1, 3));
  expect(noted.map(({ sentence }) => sentence)).toEqual([
    ...Array.from({ length: 10 }, (_, index) => `change ${index + 1}`),
    'change 1',
  ]);
});

it('writes then the newest one in half an hour, and how many before it were skipped', () => {
  for (let number = 1; number <= 14; number += 1) damper.take(change(number));
  now += 1_799_000;
  damper.look();
  expect(noted).toHaveLength(10);
  now += 1_000;
  damper.look();
  damper.look();
  expect(noted.slice(10)).toMatchObject([{ sentence: 'change 14', skipped: 3 }]);
});

it('writes at the end what still waits', () => {
  for (let number = 1; number <= 13; number += 1) damper.take(change(number));
  damper.flush();
  damper.flush();
  expect(noted.slice(10)).toMatchObject([{ sentence: 'change 13', skipped: 2 }]);
});

it('says nothing of skipped ones when one has only waited, and forgets in time', () => {
  for (let number = 1; number <= 11; number += 1) damper.take(change(number));
  now += 1_800_000;
  damper.look();
  expect(noted[10]).not.toHaveProperty('skipped');
  now += 18_000_000;
  damper.look();
  for (let number = 12; number <= 21; number += 1) damper.take(change(number));
  expect(noted).toHaveLength(21);
});

it('keeps a day of a thousand that flap every five seconds below the size of the journal', () => {
  const [servers, dayMs, stepMs] = [10, 86_400_000, 5_000]; // a hundredth: each is by itself
  for (; now < dayMs; now += stepMs) {
    for (let server = 0; server < servers; server += 1) damper.take(change(now, server));
    damper.look();
  }
  const bytes = noted.reduce((sum, news) => sum + JSON.stringify(news).length + 1_000, 0); // with some evidence
  expect(bytes * (1_000 / servers)).toBeLessThan(128 * 2 ** 20);
});
