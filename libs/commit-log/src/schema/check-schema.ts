import { sql } from 'kysely';
import { migrations } from './migrations.ts';
import type { Database } from './tables.ts';

/** The database is not as this version needs it. */
export class WrongSchema extends Error {
  override readonly name = 'WrongSchema';

  constructor(readonly found: readonly string[]) {
    const wanted = Object.keys(migrations);
    const unknown = found.filter((name) => !wanted.includes(name));
    const cure =
      unknown.length > 0
        ? `it was migrated by a newer version (${unknown.join(', ')}): start that version`
        : 'run `npm run migrate` with the URL of an administrator';
    super(`the database has the schema ${found.at(-1) ?? '(none)'}, this version needs ${wanted.at(-1)}: ${cure}`);
  }
}

/** The server would acknowledge commits that a power cut takes back. */
export class NotDurable extends Error {
  override readonly name = 'NotDurable';

  constructor(setting: string) {
    super(`Postgres runs with ${setting}, so it may lose what it has acknowledged: switch it on`);
  }
}

/** Throws `WrongSchema` unless exactly the migrations of this version were done, `NotDurable` on an unsafe server. */
export const checkSchema = async (db: Database): Promise<void> => {
  const found = await doneMigrations(db);
  const wanted = Object.keys(migrations);
  if (found.length !== wanted.length || found.some((name, index) => name !== wanted[index]))
    throw new WrongSchema(found);
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    const { rows } = await sql<{ value: string }>`select current_setting(${setting}) as value`.execute(db);
    if (rows[0]?.value === 'off') throw new NotDurable(`${setting} = off`);
  }
};

const doneMigrations = async (db: Database): Promise<string[]> => {
  const { rows } = await sql<{ exists: boolean }>`
    select to_regclass('evenkeel.kysely_migration') is not null as exists`.execute(db);
  if (rows[0]?.exists !== true) return [];
  const done = await db.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  return done.map(({ name }) => name);
};
