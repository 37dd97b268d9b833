import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type PostgresBinaries } from './postgres-binaries.ts';
import { syncFolder } from './private-file.ts';
import { type ServerUser } from './server-user.ts';

const run = promisify(execFile);
const draftPrefix = 'data.new-';

/** Postgres reads nothing of ours: neither PG* variables nor a locale that changes its messages or its sorting. */
export const postgresEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Whether `dataFolder` holds a database, complete by construction: see `initialisePostgres`. */
export const isInitialised = async (dataFolder: string): Promise<boolean> =>
  (await stat(join(dataFolder, 'PG_VERSION')).catch(() => undefined)) !== undefined;

/**
 * Makes `<folder>/data` with the superuser `postgres`, reachable by password only. initdb works in a folder beside it that is
 * renamed when it is done and on disk: a run that is killed half-way leaves a draft, never a torn database.
 * Throws Node's `execFile` error with initdb's words.
 */
export const initialisePostgres = async (
  folder: string,
  password: string,
  { initdb }: PostgresBinaries,
  user: ServerUser | undefined,
): Promise<void> => {
  await removeDrafts(folder);
  const draft = await mkdtemp(join(folder, draftPrefix));
  const passwordFile = join(draft, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid);

  const data = join(draft, 'data');
  const args = [`--pgdata=${data}`, '--username=postgres', `--pwfile=${passwordFile}`, ...initdbFlags];
  await run(initdb, args, { cwd: draft, env: postgresEnvironment, ...user });

  await rename(data, join(folder, 'data'));
  await syncFolder(folder);
  await removeDrafts(folder);
};

const initdbFlags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];

const removeDrafts = async (folder: string): Promise<void> => {
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(draftPrefix));
  await Promise.all(drafts.map((name) => rm(join(folder, name), { recursive: true, force: true })));
};
