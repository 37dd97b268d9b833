import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Memory } from './memory.ts';

let folder: TempFolder;
beforeEach(async () => {
  folder = await makeTempFolder('memory');
});
afterEach(() => folder.remove());

it('counts every start, and keeps the greatest epoch', () => {
  const first = new Memory(join(folder.path, 'new'));
  expect(first).toMatchObject({ boot: 1, epoch: 0 });
  first.store(7);
  first.store(3);
  expect(new Memory(join(folder.path, 'new'))).toMatchObject({ boot: 2, epoch: 7 });
});

it('does not begin anew when its file is damaged: others have heard its count', async () => {
  await writeFile(join(folder.path, 'election.json'), '{"boot":');
  expect(() => new Memory(folder.path)).toThrow('how often this node has started');
});

it('does not take for stored what could not be written', async () => {
  const memory = new Memory(folder.path);
  const inTheWay = join(folder.path, 'election.json.next');
  await mkdir(inTheWay);
  expect(() => memory.store(7)).toThrow();
  expect(memory.epoch).toBe(0);
  await rmdir(inTheWay);
  memory.store(7);
  expect(new Memory(folder.path)).toMatchObject({ epoch: 7 });
});
