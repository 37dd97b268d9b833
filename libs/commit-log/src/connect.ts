import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { schemaName, type Tables } from './schema/tables.ts';

export const connectionLimits = {
  connectionTimeoutMillis: 2_000,
  // A server that vanished without a word must not hold a caller for ever.
  query_timeout: 15_000,
  keepAlive: true,
};

// Further readers wait their turn.
const readersMax = 7;

/** Revisions as numbers: 2^53 commits will do. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** `onFailure` hears of connections that broke while nobody used them. */
export const connectPool = (url: string, onFailure: (failure: unknown) => void): pg.Pool =>
  new pg.Pool({ connectionString: url, application_name: 'evenkeel', max: readersMax, types, ...connectionLimits })
    .on('error', onFailure)
    .on('connect', surviveErrors);

/** The query that an error hits rejects with it; without a listener the same error would end the process as well. */
export const surviveErrors = (client: pg.ClientBase): void => void client.on('error', () => {});

export const kyselyOn = (pool: pg.Pool): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schemaName);
