import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MaintenanceNote } from './maintenance-note.ts';

let folder: TempFolder;
beforeEach(async () => {
  folder = await makeTempFolder('maintenance');
});
afterEach(() => folder.remove());

const maintenance = { since: '2026-11-27T03:00:00.000Z', by: 'anna', reason: 'new memory' };

it('is there after a restart, until it is taken back', async () => {
  const place = join(folder.path, 'new');
  const first = new MaintenanceNote(place);
  expect(first.current).toBeUndefined();
  await first.keep(maintenance);
  expect(first.current).toEqual(maintenance);
  const second = new MaintenanceNote(place);
  expect(second.current).toEqual(maintenance);
  await second.keep(undefined);
  await second.keep(undefined);
  expect(new MaintenanceNote(place).current).toBeUndefined();
});

it('that is damaged stops a node that somebody may have taken out', async () => {
  await writeFile(join(folder.path, 'maintenance.json'), '{"since":');
  expect(() => new MaintenanceNote(folder.path)).toThrow('this node is in maintenance');
});

it('that cannot be written changes nothing', async () => {
  await writeFile(join(folder.path, 'file'), '');
  const note = new MaintenanceNote(folder.path);
  const lost = new MaintenanceNote(join(folder.path, 'new'));
  await writeFile(join(folder.path, 'new'), 'no folder');
  await expect(lost.keep(maintenance)).rejects.toThrow();
  expect([note.current, lost.current]).toEqual([undefined, undefined]);
});
