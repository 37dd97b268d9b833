import { mkdir, realpath } from 'node:fs/promises';
import { lockFolder } from './folder-lock.ts';

/** What both servers are started with. */
export type ServerOptions = {
  /** Holds all of the server's files; made when missing. No other program may write here. */
  readonly folder: string;
  /** Loopback port; without it the folder's last port, or a free one. */
  readonly port?: number;
  /** Told in one line each what is done to get the server up. */
  readonly onLog?: (line: string) => void;
  /** Called when the program runs, which is some time before it answers. */
  readonly onSpawned?: () => void;
};

/**
 * Runs `start` with the folder (made, real path, locked); `start` calls `release` when its server has ended.
 * A failed start releases the folder itself. Throws `FolderInUse`.
 */
export const withServerFolder = async <Server>(
  folder: string,
  start: (folder: string, release: () => Promise<void>) => Promise<Server>,
): Promise<Server> => {
  await mkdir(folder, { recursive: true });
  const real = await realpath(folder);
  const release = await lockFolder(real);
  try {
    return await start(real, release);
  } catch (failure) {
    await release();
    throw failure;
  }
};
