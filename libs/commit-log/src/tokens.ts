import { TokenRecord } from '@evenkeel/contracts';
import type { Database } from './schema/tables.ts';

export const readToken = async (db: Database, id: string): Promise<TokenRecord | undefined> => {
  const row = await db.selectFrom('credential').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const { secret_hash: secretHash, created_at: createdAt, name, role } = row;
  return TokenRecord.parse({ id, secretHash, name, role, createdAt: createdAt.toISOString() });
};

/** Throws Postgres's error when the id is taken. */
export const insertToken = async (db: Database, token: TokenRecord): Promise<void> => {
  const { id, secretHash, name, role, createdAt } = token;
  const row = { id, secret_hash: secretHash, name, role, created_at: new Date(createdAt) };
  await db.insertInto('credential').values(row).execute();
};

export const hasTokens = async (db: Database): Promise<boolean> =>
  (await db.selectFrom('credential').select('id').limit(1).executeTakeFirst()) !== undefined;
