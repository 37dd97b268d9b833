import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where Evenkeel keeps what may not lie where it was started: a folder that every user can reach. Source: FHS 3.0, 5.8. */
export const publicFolder = '/var/lib/evenkeel';

/**
 * Makes `folder` and what is missing above it, and lets every user pass through all that it made, whatever the umask.
 * An existing `folder` is opened too; what existed above it is left as it was.
 */
export const makePassable = async (folder: string): Promise<void> => {
  const highestMade = (await mkdir(folder, { recursive: true })) ?? folder;
  for (let made = folder; made.length >= highestMade.length; made = dirname(made)) {
    await chmod(made, (await stat(made)).mode | 0o011);
  }
};
