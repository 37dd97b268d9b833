import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Chains and keys, sealed: nothing here can be read without the cluster's key, which no database has. Rows are named by the
 * book and only ever inserted, so that what was replaced can come back by a revert.
 */
export const certificates: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table evenkeel.certificate_material (
    material text primary key,
    sealed text not null,
    created_at timestamptz not null default now()
  )`,
  `grant select, insert on evenkeel.certificate_material to evenkeel_config`,
];
