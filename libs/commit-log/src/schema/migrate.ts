import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { surviveErrors } from '../connect.ts';
import { migrations } from './migrations.ts';
import { ensureRoles, type RolePasswords } from './roles.ts';
import { schemaName } from './tables.ts';

/**
 * Brings a database to the present schema: roles, the schema `evenkeel`, tables. Answers the names of the steps it did,
 * none when there was nothing to do. Safe to repeat, and to run twice at once.
 * `adminUrl`: a superuser, or somebody who owns the database and may create roles (or finds them made).
 * Throws `RolesMissing` and Postgres's own words; a step that fails leaves nothing behind.
 */
export const migrate = async (adminUrl: string, passwords: RolePasswords): Promise<readonly string[]> => {
  await asAdministrator(adminUrl, async (client) => {
    await ensureRoles(client, passwords);
    await client.query(`create schema if not exists ${schemaName} authorization evenkeel_owner`);
  });
  return asOwner(adminUrl);
};

// Two migrations at once would both find the roles missing. Any number that nobody else uses.
const lockNumber = 0x45_4b;

const asAdministrator = async (url: string, work: (client: pg.Client) => Promise<void>): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  surviveErrors(client);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockNumber]);
    await work(client);
  } finally {
    await client.end(); // gives the lock back, too
  }
};

const asOwner = async (url: string): Promise<readonly string[]> => {
  const pool = new pg.Pool({ connectionString: url, options: '-c role=evenkeel_owner', max: 1 }).on(
    'connect',
    surviveErrors,
  );
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
    const migrator = new Migrator({ db, provider, migrationTableSchema: schemaName });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error !== undefined) throw error instanceof Error ? error : new Error('migrating failed', { cause: error });
    return results.map(({ migrationName }) => migrationName);
  } finally {
    await db.destroy();
  }
};
