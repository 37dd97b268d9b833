import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type PostgresBinaries } from './postgres-binaries.ts';
import { syncFolder } from './private-file.ts';
import { makePassable, publicFolder } from './public-folder.ts';
import { barrierTo, type ServerUser, Unreachable } from './server-user.ts';

const run = promisify(execFile);

/**
 * The programs where `user` can run them: the package's own, or, when a folder above them is closed (a clone in /root, an
 * install under umask 077), a copy in `<shelter>/postgres-<version>`, made at the first need and used from then on.
 * Throws `Unreachable`, with the cause, when the copy cannot be made.
 */
export const reachableBinaries = async (
  packaged: PostgresBinaries,
  user: ServerUser,
  onLog: (line: string) => void,
  shelter = publicFolder,
): Promise<PostgresBinaries> => {
  const barrier = await barrierTo(packaged.postgres, user);
  if (barrier === undefined) return packaged;
  try {
    const native = dirname(dirname(packaged.postgres));
    const copy = join(shelter, `postgres-${await versionOf(native)}`);
    if ((await stat(copy).catch(() => undefined)) === undefined) {
      onLog(`copying Postgres to ${copy}, once, because the user postgres cannot pass ${barrier}`);
      await copyWhole(native, copy);
    }
    return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
  } catch (failure) {
    throw new Unreachable(packaged.postgres, barrier, failure);
  }
};

const versionOf = async (native: string): Promise<string> => {
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  return version;
};

/** Under a draft's name until it is whole and on disk: whatever has the final name is complete. */
const copyWhole = async (from: string, to: string): Promise<void> => {
  await makePassable(dirname(to));
  await removeOldDrafts(to);
  const draft = await mkdtemp(`${to}.new-`);
  try {
    await cp(from, draft, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['--recursive', 'u=rwX,go=rX', draft]); // the package has the modes of whoever installed it
    await run('sync', ['--file-system', draft]);
    await rename(draft, to).catch(unlessThere); // another start was faster
    await syncFolder(dirname(to));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

const unlessThere = (failure: NodeJS.ErrnoException): void => {
  if (failure.code !== 'ENOTEMPTY' && failure.code !== 'EEXIST') throw failure;
};

/** No copy takes an hour: an older draft belongs to a run that was killed. */
const draftMaxAgeMs = 3_600_000;

const removeOldDrafts = async (to: string): Promise<void> => {
  const folder = dirname(to);
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(`${basename(to)}.new-`));
  for (const draft of drafts.map((name) => join(folder, name))) {
    const found = await stat(draft).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > draftMaxAgeMs)
      await rm(draft, { recursive: true, force: true });
  }
};
