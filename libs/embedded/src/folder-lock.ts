import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Somebody else runs a server on this folder; two would destroy each other's data. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';

  constructor(folder: string) {
    super(`${folder} is in use by another running Evenkeel: stop that one first, or choose another data folder`);
  }
}

/**
 * Takes the folder (a real path) for this process; the answer gives it back. Throws `FolderInUse`.
 * The lock is a listening socket in Linux's abstract namespace (unix(7)), which the kernel drops with the process, so a
 * killed run never leaves a stale lock. It reaches as far as the network namespace does.
 */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  const name = createHash('sha256').update(folder).digest('hex');
  const socket = createServer((connection) => connection.destroy()).unref();
  socket.listen({ path: `\0evenkeel/${name}`, exclusive: true });
  try {
    await once(socket, 'listening');
  } catch (failure) {
    throw (failure as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new FolderInUse(folder) : failure;
  }
  return () => new Promise((resolve) => socket.close(() => resolve()));
};
