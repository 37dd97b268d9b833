import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Hash, TokenRecord } from '@evenkeel/contracts';

export type TokenStore = {
  hasTokens(): Promise<boolean>;
  insertToken(token: TokenRecord): Promise<void>;
};

/**
 * The first administrator's token, when the book knows no token yet: written to `file` (mode 0600), its hash to the book.
 * The file comes first: a token that the book does not know is harmless and is replaced at the next start, one that nobody
 * can read would lock everybody out.
 */
export const ensureFirstToken = async (store: TokenStore, file: string, now: Date): Promise<'made' | 'present'> => {
  if (await store.hasTokens()) return 'present';
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  await writePrivate(file, `ek_admin_${id}_${secret}\n`);
  const secretHash = createHash('sha256').update(secret).digest('hex') as Hash;
  await store.insertToken({ id, secretHash, name: 'administrator', role: 'admin', createdAt: now.toISOString() });
  return 'made';
};

const writePrivate = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.chmod(0o600); // an older file keeps its mode when it is only opened
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};
