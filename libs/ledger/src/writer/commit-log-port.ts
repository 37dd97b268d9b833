import type { CommitsPage, Hash, LogName, ReadCommits, SealedCommit } from '@evenkeel/contracts';
import type { Tail } from '../tail.ts';

/** The log as its writer needs it. Whatever a method throws, it is safe to call it again. */
export interface CommitLogPort {
  /** Where the log ends now; revision 0 and `noHash` when it holds nothing. */
  head(log: LogName): Promise<Tail>;

  /**
   * Commits after a revision, oldest first, without gaps, with the log's newest revision. Fewer than `limit` when they
   * would exceed `bytesMax` together, but always one if there is one.
   */
  readPage(query: ReadPage): Promise<CommitsPage>;

  /**
   * Stores all commits and answers, or none, and only if the log still ends at `expected`. `moved`: it does not.
   * `duplicate-key`: an answer for one of the keys is kept already. Resolves when the commits are on disk.
   * Throws `NotAppended` when nothing was stored; after any other failure they may be stored, now or a little later.
   * A call need not wait for the one before it: they are done in order, or the later one has `moved`.
   */
  append(expected: Tail, sealed: readonly SealedCommit[], answers: readonly KeptAnswer[]): Promise<Appended>;

  /** The answer that is kept for a key, undefined when there is none. */
  findAnswer(log: LogName, key: AnswerKey): Promise<KeptAnswer | undefined>;
}

export type ReadPage = ReadCommits & { readonly bytesMax: number };

export type Appended = 'appended' | 'moved' | 'duplicate-key';

/** An idempotency key belongs to the actor who chose it. */
export type AnswerKey = { readonly actor: string; readonly key: string };

/** What was answered to the first call with a key: the same is answered to the next. */
export type KeptAnswer = AnswerKey & {
  /** Hash of what was asked; the same key with another one is refused. */
  readonly contentHash: Hash;
  /** JSON text. */
  readonly answer: string;
};

/** The log is sure that it stored nothing. */
export class NotAppended extends Error {
  override readonly name = 'NotAppended';
}
