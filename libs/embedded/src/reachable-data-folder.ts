import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath, rmdir, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makePassable, publicFolder } from './public-folder.ts';
import { barrierTo, postgresUser, Unreachable } from './server-user.ts';

export type DataFolder = {
  /** An existing folder, as a real path. */
  readonly folder: string;
  /** What to tell the operator when it is not the wanted one. */
  readonly notice: string | undefined;
};

/**
 * Where to keep the data: the `wanted` folder, or `/var/lib/evenkeel/data/<hash of its path>` when we are root and a folder
 * above it is closed to the user that Postgres runs as. Opening such a folder, the home of somebody, is not ours to decide.
 * Data that exists decides first: opening or closing a folder must never make us begin an empty book beside a full one.
 *
 * Makes the folder, and a link to it at `wanted` when it lies elsewhere. As root, makes the user `postgres` when it is
 * missing. Throws `Unreachable` when there is data in `wanted` that Postgres cannot get at.
 */
export const reachableDataFolder = async (wanted: string, shelter = publicFolder): Promise<DataFolder> => {
  const asked = await realPath(resolve(wanted));
  const user = await postgresUser();
  if (user === undefined) {
    await mkdir(asked, { recursive: true });
    return stay(asked);
  }
  const chosen = await choose(asked, shelter, await barrierTo(asked, user));
  await makePassable(chosen.folder);
  if (chosen.folder !== asked) await leaveLink(asked, chosen.folder);
  return chosen;
};

/** So that `var/admin-token` is found where every guide says. Only a help: the notice names the folder as well. */
const leaveLink = async (asked: string, folder: string): Promise<void> => {
  try {
    await rmdir(asked).catch(ignoreMissing); // it holds nothing, or the data would be there
    await mkdir(dirname(asked), { recursive: true });
    await symlink(folder, asked);
  } catch {
    // A checkout that cannot be written, or an old link.
  }
};

const stay = (folder: string): DataFolder => ({ folder, notice: undefined });

const choose = async (asked: string, shelter: string, barrier: string | undefined): Promise<DataFolder> => {
  const away = join(shelter, 'data', createHash('sha256').update(asked).digest('hex').slice(0, 16));
  if (await isFilled(asked)) {
    if (barrier !== undefined) throw new Unreachable(asked, barrier);
    return stay(asked);
  }
  if (barrier !== undefined) {
    return {
      folder: away,
      notice: `data is kept in ${away}, because the user postgres cannot pass ${barrier} to reach ${asked}`,
    };
  }
  if (!(await isFilled(away))) return stay(asked);
  return { folder: away, notice: `data is kept in ${away}, where it began when ${asked} could not be reached` };
};

const isFilled = async (folder: string): Promise<boolean> => (await readdir(folder).catch(noneWhenMissing)).length > 0;

const ignoreMissing = (failure: NodeJS.ErrnoException): void => void noneWhenMissing(failure);

const noneWhenMissing = (failure: NodeJS.ErrnoException): string[] => {
  if (failure.code === 'ENOENT') return [];
  throw failure;
};

/** Without links, as far as it exists. */
const realPath = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure;
    return join(await realPath(dirname(path)), basename(path));
  }
};
