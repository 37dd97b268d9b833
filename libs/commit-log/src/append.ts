import type { SealedCommit } from '@evenkeel/contracts';
import { type Appended, type KeptAnswer, NotAppended, type Tail } from '@evenkeel/ledger';
import pg from 'pg';
import type { AppendLine } from './append-line.ts';
import { textArray, timestampArray, uuidArray } from './binary-array.ts';

/** Where everybody who follows a log is told of its newest revision. */
export const channel = 'evenkeel_commit';

/**
 * One statement, one round trip, one transaction. The update of the head decides: it matches only if the log still ends
 * where the commits were decided on, and everything else hangs on its row. Its lock is held until the commit is on disk, so
 * revisions become visible in order.
 */
const appendStatement = `
  with moved as (
    update evenkeel.log_head set revision = $4, hash = $5
    where log = $1 and revision = $2 and hash = $3
    returning log
  ), stored as (
    insert into evenkeel.commit (log, revision, commit_id, time, actor, entities, body, hash)
    select moved.log, $2 + number, commit_id, time, actor, entities::text[], body, sealed.hash
    from moved, unnest($6::uuid[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[])
      with ordinality as sealed(commit_id, time, actor, entities, body, hash, number)
  ), kept as (
    insert into evenkeel.answer (log, actor, key, content_hash, answer)
    select moved.log, given.*
    from moved, unnest($12::text[], $13::text[], $14::text[], $15::text[]) as given
  )
  select case when $4 > $2 then pg_notify('${channel}', log || ' ' || $4) end from moved`;

/** What `CommitLogPort.append` promises. */
export const append = async (
  line: AppendLine,
  expected: Tail,
  sealed: readonly SealedCommit[],
  answers: readonly KeptAnswer[],
): Promise<Appended> => {
  const query = { name: 'append', text: appendStatement, values: valuesOf(expected, sealed, answers) };
  const appended = await tryAppend(line, query);
  // The first commit of a log finds no row to move.
  const isFirst = appended === 'moved' && expected.revision === 0 && (await makeHead(line, expected));
  return isFirst ? tryAppend(line, query) : appended;
};

const valuesOf = ({ log, revision, hash }: Tail, sealed: readonly SealedCommit[], answers: readonly KeptAnswer[]) => {
  const commits = sealed.map(({ commit }) => commit);
  return [
    log,
    revision,
    hash,
    revision + sealed.length,
    sealed.at(-1)?.hash ?? hash,
    uuidArray(commits.map(({ commitId }) => commitId)),
    timestampArray(commits.map(({ time }) => time)),
    textArray(commits.map(({ actor }) => actor.name)),
    textArray(commits.map(({ entities }) => arrayLiteral(entities))),
    textArray(sealed.map(({ body }) => body)),
    textArray(sealed.map((each) => each.hash)),
    textArray(answers.map(({ actor }) => actor)),
    textArray(answers.map(({ key }) => key)),
    textArray(answers.map(({ contentHash }) => contentHash)),
    textArray(answers.map(({ answer }) => answer)),
  ];
};

/** One row's array as text, because `unnest` would flatten an array of arrays. */
const arrayLiteral = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

const tryAppend = async (line: AppendLine, query: pg.QueryConfig): Promise<Appended> => {
  try {
    const { rowCount } = await line.run(query);
    return rowCount === 1 ? 'appended' : 'moved';
  } catch (failure) {
    if (!isRefusal(failure)) throw failure;
    if (failure.code === '23505' && failure.constraint === 'answer_pkey') return 'duplicate-key';
    throw new NotAppended(`Postgres refused an append to ${String(query.values?.[0])}: ${failure.message}`, {
      cause: failure,
    });
  }
};

/** The server's own word that it has rolled back. FATAL and PANIC end the session, and may come after the commit. */
const isRefusal = (failure: unknown): failure is pg.DatabaseError =>
  failure instanceof pg.DatabaseError && failure.severity === 'ERROR';

const makeHead = async (line: AppendLine, { log, revision, hash }: Tail): Promise<boolean> => {
  const text = 'insert into evenkeel.log_head (log, revision, hash) values ($1, $2, $3) on conflict do nothing';
  const { rowCount } = await line.run({ text, values: [log, revision, hash] });
  return rowCount === 1;
};
