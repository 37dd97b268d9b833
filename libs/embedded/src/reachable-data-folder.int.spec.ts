import { chmod, mkdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aFolder } from '../test/lab.ts';
import { startPostgres } from './index.ts';
import { type DataFolder, reachableDataFolder } from './reachable-data-folder.ts';

const isRoot = process.getuid?.() === 0;
const rootDescribe = isRoot ? describe : describe.skip;
if (!isRoot) console.log('SKIPPED data below a closed folder: needs root');

let top: string;
let remove: () => Promise<void>;
let home: string;
let wanted: string;
const choose = (folder = wanted): Promise<DataFolder> => reachableDataFolder(folder, join(top, 'lib'));
const elsewhere = expect.stringMatching(/\/lib\/data\/[0-9a-f]{16}$/);

beforeEach(async () => {
  ({ folder: top, remove } = await aFolder());
  home = join(top, 'home');
  wanted = join(home, 'evenkeel', 'var');
  await mkdir(home, { mode: 0o755 });
});
afterEach(() => remove());

const close = (): Promise<void> => chmod(home, 0o700);
const open = (): Promise<void> => chmod(home, 0o755);

it('is the wanted folder when that can be reached, made when it is missing', async () => {
  expect(await choose()).toEqual({ folder: wanted, notice: undefined });
  expect((await stat(wanted)).isDirectory()).toBe(true);
});

rootDescribe('a data folder below a closed one', () => {
  it('lies elsewhere, says so, and leaves the closed folder closed', async () => {
    await close();
    const { folder, notice } = await choose();
    expect(folder).toEqual(elsewhere);
    expect(notice).toBe(`data is kept in ${folder}, because the user postgres cannot pass ${home} to reach ${wanted}`);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
  });

  it('is found through a link where it was wanted, also when an empty folder was there', async () => {
    await mkdir(wanted, { recursive: true });
    await close();
    const { folder } = await choose();
    expect(await realpath(wanted)).toBe(folder);
    await writeFile(join(folder, 'book'), 'full');
    expect((await choose()).folder).toBe(folder);
  });

  it('serves a Postgres', async () => {
    await close();
    const { folder } = await choose();
    const server = await startPostgres({ folder: join(folder, 'postgres') });
    await server.stop();
  });

  it('is the same at the next start, also through a link', async () => {
    await close();
    const { folder } = await choose();
    await symlink(home, join(top, 'link'));
    expect((await choose(join(top, 'link', 'evenkeel', 'var'))).folder).toBe(folder);
  });

  it('is another one for another wanted folder', async () => {
    await close();
    expect((await choose()).folder).not.toBe((await choose(join(home, 'second'))).folder);
  });

  it('keeps its data when the closed folder is opened later', async () => {
    await close();
    const { folder } = await choose();
    await writeFile(join(folder, 'book'), 'full');
    await rm(wanted); // the link, which somebody may have tidied away
    await open();
    const later = await choose();
    expect(later.folder).toBe(folder);
    expect(later.notice).toContain(`where it began when ${wanted} could not be reached`);
  });

  it('is refused rather than begun anew when the wanted folder already holds data', async () => {
    const { folder } = await choose();
    await writeFile(join(folder, 'book'), 'full');
    await close();
    await expect(choose()).rejects.toThrow(`chmod o+x ${home}`);
  });
});

rootDescribe('a data folder that we make', () => {
  it('lets Postgres pass whatever the umask, and opens nothing that was there before', async () => {
    await chmod(home, 0o755);
    const umask = process.umask(0o077);
    try {
      await choose();
    } finally {
      process.umask(umask);
    }
    for (const made of [wanted, dirname(wanted)]) expect((await stat(made)).mode & 0o777).toBe(0o711);
    expect((await stat(home)).mode & 0o777).toBe(0o755);
  });
});
