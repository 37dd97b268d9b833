import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientTies, Revision } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ClientFile } from './client-file.ts';

const tiesOf = (...clients: [string, number][]): ClientTies => ({
  revision: 7 as Revision,
  servers: [{ server: 2, clients }],
});
let folder: string;
let path: string;
let clock: ManualClock;
let file: ClientFile;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-client-file-'));
  path = join(folder, 'deeper', 'clients.json');
  clock = new ManualClock();
  file = new ClientFile(path, clock);
});
afterEach(() => rm(folder, { recursive: true }));

const known = { version: 1, record: () => tiesOf(['192.168.85.10', 100], ['192.168.85.11', 30]) };
const again = () => new ClientFile(path, clock).read();

it('gives back what was written, less the time that has passed since', async () => {
  await file.keep(known);
  await clock.advance(40_000);
  expect(await again()).toEqual(tiesOf(['192.168.85.10', 60]));
});

it('takes no time off when the clock was put back: clients of a moment ago are worth more than the clock', async () => {
  await file.keep(known);
  clock = new ManualClock(clock.nowMs() - 86_400_000);
  expect(await again()).toEqual(known.record());
});

it('writes when there is news, and not more often than every half minute', async () => {
  const written: number[] = [];
  const told = (version: number) => ({ version, record: () => (written.push(version), tiesOf()) });
  await file.keep(told(1));
  await file.keep(told(2));
  await clock.advance(29_000);
  await file.keep(told(3));
  expect(written).toEqual([1]);
  await clock.advance(1_000);
  await file.keep(told(3));
  await clock.advance(60_000);
  await file.keep(told(3));
  expect(written).toEqual([1, 3]);
});

it('writes at once when it is told to, if there is news', async () => {
  await file.keep(known);
  await file.write({ ...known, version: 2 });
  expect(await readdir(join(folder, 'deeper'))).toEqual(['clients.json']);
  const before = await readFile(path, 'utf8');
  await clock.advance(1_000);
  await file.write({ ...known, version: 2 });
  expect(await readFile(path, 'utf8')).toBe(before);
});

it('knows nothing on a new node, and takes a torn or a strange file for none', async () => {
  expect(await file.read()).toBeUndefined();
  await file.keep(known);
  const whole = await readFile(path, 'utf8');
  for (const length of [0, 1, 64, 65, 66, whole.length - 1]) {
    await writeFile(path, whole.slice(0, length));
    expect(await again()).toBeUndefined();
  }
  await writeFile(path, whole.replace('192.168.85.10', '192.168.85.99'));
  expect(await again()).toBeUndefined();
});
