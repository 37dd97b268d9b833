import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The file's secret; a missing one is made first (192 random bits, mode 0600). */
export const readOrMakeSecret = async (file: string): Promise<string> => {
  const known = await readSecret(file);
  if (known !== undefined) return known;
  const secret = randomBytes(24).toString('base64url');
  await writePrivateFile(file, `${secret}\n`);
  return secret;
};

/** The file's secret, undefined when there is no such file. */
export const readSecret = async (file: string): Promise<string | undefined> => {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure;
  }
};

/** Writes with mode 0600, whole or not at all, also when power fails in between. */
export const writePrivateFile = async (file: string, content: string): Promise<void> => {
  const draft = await open(`${file}.new`, 'w', 0o600);
  try {
    await draft.chmod(0o600); // a draft that a killed run left may have another mode
    await draft.writeFile(content);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${file}.new`, file);
  await syncFolder(dirname(file));
};

/** Makes renames inside the folder durable. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
