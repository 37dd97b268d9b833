import type { LogName } from '@evenkeel/contracts';
import type { AnswerKey, KeptAnswer } from '@evenkeel/ledger';
import type { Database } from './schema/tables.ts';

export const findAnswer = async (
  db: Database,
  log: LogName,
  { actor, key }: AnswerKey,
): Promise<KeptAnswer | undefined> => {
  const row = await db
    .selectFrom('answer')
    .select(['content_hash', 'answer'])
    .where('log', '=', log)
    .where('actor', '=', actor)
    .where('key', '=', key)
    .executeTakeFirst();
  return row && { actor, key, contentHash: row.content_hash, answer: row.answer };
};

/** Forgets what was answered before `time`: from then on the keys are new. Answers how many. */
export const forgetAnswers = async (db: Database, time: Date): Promise<number> => {
  const { numDeletedRows } = await db.deleteFrom('answer').where('created_at', '<', time).executeTakeFirst();
  return Number(numDeletedRows);
};
