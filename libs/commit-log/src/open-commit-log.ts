import { SystemClock } from '@evenkeel/kernel/system';
import { AppendLine } from './append-line.ts';
import { CommitLog } from './commit-log.ts';
import { connectPool, kyselyOn } from './connect.ts';
import { checkSchema } from './schema/check-schema.ts';

export type CommitLogOptions = {
  /** Told of connections that break while nobody uses them; they are made anew. */
  readonly onFailure: (failure: unknown) => void;
};

/**
 * Opens the book as the role in `url`, usually `evenkeel_config`. Throws `WrongSchema` with the command that mends it,
 * `NotDurable` when the server may lose what it acknowledges, and the driver's error when it cannot be reached.
 */
export const openCommitLog = async (url: string, { onFailure }: CommitLogOptions): Promise<CommitLog> => {
  const pool = connectPool(url, onFailure);
  const db = kyselyOn(pool);
  try {
    await checkSchema(db);
  } catch (failure) {
    await pool.end();
    throw failure;
  }
  return new CommitLog({ url, pool, db, appendLine: new AppendLine(url), clock: new SystemClock(), onFailure });
};
