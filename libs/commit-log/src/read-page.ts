import type { CommitsPage, Hash, Revision } from '@evenkeel/contracts';
import type { ReadPage } from '@evenkeel/ledger';
import { sql } from 'kysely';
import type { Database } from './schema/tables.ts';

type Row = { readonly head: Revision; readonly body: string | null; readonly hash: Hash | null };

/** What `CommitLogPort.readPage` promises, in one look at the log: the head belongs to the commits. */
export const readPage = async (db: Database, { log, after, limit, bytesMax }: ReadPage): Promise<CommitsPage> => {
  // A range, not a LIMIT: revisions have no gaps, and on a table that was never analysed a LIMIT made Postgres sort it all.
  const { rows } = await sql<Row>`
    select log_head.revision as head, body, page.hash
    from evenkeel.log_head left join lateral (
      select revision, body, hash, sum(octet_length(body)) over (order by revision) as bytes
      from evenkeel.commit
      where log = log_head.log and revision > ${after}::bigint and revision <= ${after}::bigint + ${limit}::int
    ) page on bytes <= ${bytesMax} or page.revision = ${after}::bigint + 1
    where log_head.log = ${log}
    order by page.revision`.execute(db);
  const commits = rows.flatMap(({ body, hash }) => (body === null || hash === null ? [] : { body, hash }));
  return { head: rows[0]?.head ?? (0 as Revision), commits };
};
