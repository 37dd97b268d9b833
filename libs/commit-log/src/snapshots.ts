import { ClusterSnapshot, type LogName, type Revision } from '@evenkeel/contracts';
import type { Database } from './schema/tables.ts';

/** The format that this version reads. Snapshots of others are left alone: the commits say it all again. */
const format = ClusterSnapshot.shape.format.value;

/** Safe to repeat: the state at a revision is always the same, so the first one stays. */
export const saveSnapshot = async (db: Database, log: LogName, snapshot: ClusterSnapshot): Promise<void> => {
  const row = { log, revision: snapshot.revision, format: snapshot.format, state: JSON.stringify(snapshot) };
  await db
    .insertInto('snapshot')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};

/** The newest snapshot, or the newest at or below `atMost`. */
export const latestSnapshot = async (
  db: Database,
  log: LogName,
  atMost: Revision | undefined,
): Promise<ClusterSnapshot | undefined> => {
  let query = db.selectFrom('snapshot').select('state').where('log', '=', log).where('format', '=', format);
  if (atMost !== undefined) query = query.where('revision', '<=', atMost);
  const newest = await query.orderBy('revision', 'desc').limit(1).executeTakeFirst();
  return newest && ClusterSnapshot.parse(JSON.parse(newest.state));
};
