import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whom a server runs as, when not as the present user. */
export type ServerUser = { readonly uid: number; readonly gid: number };

/** A file or folder that the server's user cannot get at. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor(path: string, barrier: string, cause?: unknown) {
    super(
      `the user postgres cannot reach ${path}, because ${barrier} is closed to other users. ` +
        `Either open it for passing through (chmod o+x ${barrier}), or keep it elsewhere ` +
        `(the checkout in /opt, the data folder in /var/lib), or run as a normal user.`,
      { cause },
    );
  }
}

/** Postgres refuses to run as root: root gets the user `postgres` (made when missing), others undefined. */
export const postgresUser = async (): Promise<ServerUser | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  try {
    return await idsOf('postgres');
  } catch {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
    return await idsOf('postgres');
  }
};

const idsOf = async (name: string): Promise<ServerUser> => {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, name])).stdout)),
  );
  return { uid: uid!, gid: gid! };
};

/** Throws `Unreachable` when a folder above `path` keeps `user` out. Judges by mode bits, not by access lists. */
export const assertReachable = async (path: string, user: ServerUser): Promise<void> => {
  const barrier = await barrierTo(path, user);
  if (barrier !== undefined) throw new Unreachable(path, barrier);
};

/**
 * The nearest folder above `path` (a real path) that keeps `user` out; undefined when there is none. One that does not
 * exist keeps nobody out: we are going to make it.
 */
export const barrierTo = async (path: string, user: ServerUser): Promise<string | undefined> => {
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    if (!(await mayPass(folder, user))) return folder;
  }
  return undefined;
};

const mayPass = async (folder: string, { uid, gid }: ServerUser): Promise<boolean> => {
  const found = await stat(folder).catch(undefinedWhenMissing);
  if (found === undefined) return true;
  const shift = found.uid === uid ? 6 : found.gid === gid ? 3 : 0;
  return ((found.mode >> shift) & 1) === 1;
};

const undefinedWhenMissing = (failure: NodeJS.ErrnoException): undefined => {
  if (failure.code !== 'ENOENT') throw failure;
};
