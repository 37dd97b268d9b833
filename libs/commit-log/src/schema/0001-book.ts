import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The commits and what is kept beside them. Runs as `evenkeel_owner`; whatever is not granted here is refused. */
export const book: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of [...commits, ...insertOnly, ...beside, ...grants]) await sql.raw(statement).execute(db);
  },
};

const commits = [
  // The head's row is updated with every append: free space in its page keeps the update in place.
  `create table evenkeel.log_head (
    log text primary key,
    revision bigint not null,
    hash text not null
  ) with (fillfactor = 10)`,
  `create table evenkeel.commit (
    log text not null,
    revision bigint not null,
    commit_id uuid not null unique,
    time timestamptz not null,
    actor text not null,
    entities text[] not null,
    body text not null,
    hash text not null,
    primary key (log, revision)
  )`,
  `create index commit_time on evenkeel.commit (log, time, revision)`,
  // Entries gather in a short list and are sorted in together. The list is searched as it is, hence not the default 4 MB.
  `create index commit_entities on evenkeel.commit using gin (entities) with (gin_pending_list_limit = 512)`,
];

// A privilege stops the application; only a trigger stops an owner or a superuser. "Always" also holds for a session
// that calls itself a replica, which skips ordinary triggers.
const insertOnly = [
  `create function evenkeel.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% on %.% is refused: commits are only ever inserted', tg_op, tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
    end $$`,
  `create trigger insert_only before update or delete or truncate on evenkeel.commit
    for each statement execute function evenkeel.refuse_change()`,
  `alter table evenkeel.commit enable always trigger insert_only`,
];

const beside = [
  `create table evenkeel.answer (
    log text not null,
    actor text not null,
    key text not null,
    content_hash text not null,
    answer text not null,
    created_at timestamptz not null default now(),
    primary key (log, actor, key)
  )`,
  `create index answer_created_at on evenkeel.answer (created_at)`,
  `create table evenkeel.snapshot (
    log text not null,
    revision bigint not null,
    format integer not null,
    state text not null,
    primary key (log, revision, format)
  )`,
  `create table evenkeel.credential (
    id text primary key,
    secret_hash text not null,
    name text not null,
    role text not null,
    created_at timestamptz not null
  )`,
];

const grants = [
  `grant usage on schema evenkeel to evenkeel_config, evenkeel_reader`,
  `grant select, insert on evenkeel.commit, evenkeel.snapshot, evenkeel.credential to evenkeel_config`,
  `grant select, insert, update on evenkeel.log_head to evenkeel_config`,
  `grant select, insert, delete on evenkeel.answer to evenkeel_config`,
  `grant select on evenkeel.kysely_migration to evenkeel_config`,
  `grant select on evenkeel.commit, evenkeel.log_head, evenkeel.snapshot, evenkeel.kysely_migration to evenkeel_reader`,
];
