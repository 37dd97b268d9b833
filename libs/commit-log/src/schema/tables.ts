import type { CommitId, Hash, LogName, Revision, TokenRecord } from '@evenkeel/contracts';
import type { ColumnType, Kysely } from 'kysely';

/** Where all tables live: roles can be let into it as a whole, and `public` stays out of it. */
export const schemaName = 'evenkeel';

/** What the migrations make. Rows of `commit` have only what is searched for; everything else is in `body`. */
export type Tables = {
  commit: {
    log: LogName;
    revision: Revision;
    commit_id: CommitId;
    time: Date;
    /** Name of who acted. */
    actor: string;
    entities: string[];
    /** The exact text that was hashed. */
    body: string;
    hash: Hash;
  };
  /** The end of each log: the row that an append must win. */
  log_head: { log: LogName; revision: Revision; hash: Hash };
  answer: {
    log: LogName;
    actor: string;
    key: string;
    content_hash: Hash;
    answer: string;
    created_at: ColumnType<Date, never, never>;
  };
  snapshot: { log: LogName; revision: Revision; format: number; state: string };
  credential: { id: string; secret_hash: Hash; name: string; role: TokenRecord['role']; created_at: Date };
  /** What is sealed of certificates, and of secrets. See decisions 20 and 32. */
  certificate_material: { material: string; sealed: string; created_at: ColumnType<Date, never, never> };
  /** Kysely's own list of what was done. */
  kysely_migration: { name: string };
};

export type Database = Kysely<Tables>;
