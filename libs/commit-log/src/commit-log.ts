import type {
  ClusterSnapshot,
  CommitOnWire,
  CommitsPage,
  FindCommits,
  LogName,
  Revision,
  SealedCommit,
  SealedMaterial,
  TokenRecord,
} from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import {
  type AnswerKey,
  type Appended,
  type CommitLogPort,
  type CommitReader,
  emptyTail,
  type KeptAnswer,
  type ReadPage,
  type Tail,
  unseal,
} from '@evenkeel/ledger';
import type pg from 'pg';
import { findAnswer, forgetAnswers } from './answers.ts';
import { append } from './append.ts';
import type { AppendLine } from './append-line.ts';
import { find, revisionAt } from './find.ts';
import { follow, type News } from './follow.ts';
import { keepMaterial, readMaterial } from './materials.ts';
import { readPage } from './read-page.ts';
import type { Database } from './schema/tables.ts';
import { latestSnapshot, saveSnapshot } from './snapshots.ts';
import { hasTokens, insertToken, readToken } from './tokens.ts';

export type CommitLogConnection = {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly appendLine: AppendLine;
  readonly db: Database;
  readonly clock: Clock;
  readonly onFailure: (failure: unknown) => void;
};

/** Pages of a plain read: as the writer's own. */
const pageBytesMax = 8 * 1024 * 1024;

/**
 * The book in Postgres. Everything but `append` throws the driver's errors when Postgres is away and may simply be called
 * again. Connections are made anew by themselves.
 */
export class CommitLog implements CommitLogPort, CommitReader {
  constructor(private readonly connection: CommitLogConnection) {}

  async head(log: LogName): Promise<Tail> {
    const head = await this.db.selectFrom('log_head').selectAll().where('log', '=', log).executeTakeFirst();
    return head ?? emptyTail(log);
  }

  append(expected: Tail, sealed: readonly SealedCommit[], answers: readonly KeptAnswer[]): Promise<Appended> {
    return append(this.connection.appendLine, expected, sealed, answers);
  }

  readPage(query: ReadPage): Promise<CommitsPage> {
    return readPage(this.db, query);
  }

  /** The same as `readPage`, read back. */
  async readAfter(log: LogName, after: Revision, limit: number): Promise<SealedCommit[]> {
    const { commits } = await this.readPage({ log, after, limit, bytesMax: pageBytesMax });
    return commits.map(unseal);
  }

  /** Commits that match every given condition, newest first. */
  find(query: FindCommits): Promise<CommitOnWire[]> {
    return find(this.db, query);
  }

  /** The newest revision whose time (ISO 8601) is not after `time`, 0 when there is none. */
  revisionAt(log: LogName, time: string): Promise<Revision> {
    return revisionAt(this.db, log, time);
  }

  /** Safe to repeat. */
  saveSnapshot(log: LogName, snapshot: ClusterSnapshot): Promise<void> {
    return saveSnapshot(this.db, log, snapshot);
  }

  /** The newest snapshot in a format that this version reads, or the newest of them at or below `atMost`. */
  latestSnapshot(log: LogName, atMost?: Revision): Promise<ClusterSnapshot | undefined> {
    return latestSnapshot(this.db, log, atMost);
  }

  findAnswer(log: LogName, key: AnswerKey): Promise<KeptAnswer | undefined> {
    return findAnswer(this.db, log, key);
  }

  /** Forgets what was answered to idempotency keys before `time`. Answers how many were forgotten. */
  forgetAnswers(time: Date): Promise<number> {
    return forgetAnswers(this.db, time);
  }

  /** Safe to repeat. */
  keepMaterial(material: SealedMaterial): Promise<void> {
    return keepMaterial(this.db, material);
  }

  /** Sealed; undefined when nobody has kept it. */
  readMaterial(material: string): Promise<string | undefined> {
    return readMaterial(this.db, material);
  }

  readToken(id: string): Promise<TokenRecord | undefined> {
    return readToken(this.db, id);
  }

  /** Throws Postgres's error when the id is taken. */
  insertToken(token: TokenRecord): Promise<void> {
    return insertToken(this.db, token);
  }

  hasTokens(): Promise<boolean> {
    return hasTokens(this.db);
  }

  /** Calls `onNews` when somebody appends, also another process, until the answer is called. News are hints. */
  follow(onNews: (news: News) => void): () => void {
    const { url, clock, onFailure } = this.connection;
    return follow(url, clock, onNews, onFailure);
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await Promise.all([this.connection.pool.end(), this.connection.appendLine.close()]);
  }

  private get db(): Database {
    return this.connection.db;
  }
}
