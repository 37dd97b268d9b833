import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import * as z from 'zod';

const RolePasswords = z.strictObject({ config: z.string(), reader: z.string() });
type RolePasswords = z.infer<typeof RolePasswords>;

/** The passwords of the embedded Postgres's roles, made at the first start and kept in `file` (mode 0600). */
export const rolePasswords = async (file: string): Promise<RolePasswords> => {
  const kept = await readFile(file, 'utf8').catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'ENOENT') throw failure;
  });
  if (kept !== undefined) return RolePasswords.parse(JSON.parse(kept));
  const made = { config: secret(), reader: secret() };
  await writeFile(`${file}.new`, JSON.stringify(made), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made;
};

const secret = (): string => randomBytes(32).toString('base64url');
