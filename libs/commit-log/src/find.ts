import type { CommitOnWire, FindCommits, LogName, Revision } from '@evenkeel/contracts';
import { noRevision } from '@evenkeel/contracts';
import { sql } from 'kysely';
import type { Database } from './schema/tables.ts';

/**
 * Newest first. An entity is found by its index; an actor by walking back through the log, which is quick for somebody
 * who acts often and takes some 100 ms per 100,000 commits for somebody who never did.
 */
export const find = (
  db: Database,
  { log, before, after, limit, entity, anyEntity, actor, from, to }: FindCommits,
): Promise<CommitOnWire[]> => {
  let query = db.selectFrom('commit').select(['body', 'hash']).where('log', '=', log);
  if (before !== undefined) query = query.where('revision', '<', before);
  if (after !== undefined) query = query.where('revision', '>', after);
  if (entity !== undefined) query = query.where(sql<boolean>`entities @> array[${entity}]`);
  if (anyEntity !== undefined) query = query.where(sql<boolean>`entities && ${anyEntity}::text[]`);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (from !== undefined) query = query.where('time', '>=', new Date(from));
  if (to !== undefined) query = query.where('time', '<=', new Date(to));
  return query.orderBy('revision', 'desc').limit(limit).execute();
};

/** The newest revision that is not after `time`; times never go back within a log. 0 when there is none. */
export const revisionAt = async (db: Database, log: LogName, time: string): Promise<Revision> => {
  const newest = await db
    .selectFrom('commit')
    .select('revision')
    .where('log', '=', log)
    .where('time', '<=', new Date(time))
    .orderBy('time', 'desc')
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.revision ?? noRevision;
};
