import type { LogName, Revision, SealedCommit } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { unseal } from '../unseal.ts';
import type { CommitLogPort } from '../writer/commit-log-port.ts';

/** The book as the relay reads it. */
export type CommitReader = Pick<CommitLogPort, 'head' | 'readPage'>;

/** The stream as the relay writes it. Its sequence is the revision. */
export interface CommitStream {
  /** Newest revision it holds, 0 when it is empty or was deleted. */
  lastRevision(): Promise<Revision>;
  /** Commits in order. `moved`: its end was not right before the first of them, and the rest was not stored. */
  publish(commits: readonly SealedCommit[]): Promise<'published' | 'moved'>;
}

/** The stream holds revisions that the book does not: the book was replaced by an older one. A person must decide. */
export class StreamAheadOfBook extends Error {
  override readonly name = 'StreamAheadOfBook';

  constructor(log: LogName, stream: Revision, book: Revision) {
    super(`the stream of ${log} is at revision ${stream}, the book only at ${book}: was an old backup restored?`);
  }
}

/** Commits in one go: enough to fill the pipe, few enough that a failure repeats little. */
const batchMax = 500;
const batchBytesMax = 4 * 1024 * 1024;
/** How long the stream's end may be remembered: a deleted stream is noticed within this time. */
const trustStreamForMs = 1_000;

/**
 * Carries commits from the book to the stream, in order, at least once. It keeps nothing that it could not ask for, so
 * it may run in several processes and be killed at any line: the stream itself refuses doubles and gaps.
 */
export class Relay {
  /** Appended here a moment ago: saves reading them back. */
  private fresh: readonly SealedCommit[] = [];
  private streamEnd: { readonly revision: Revision; readonly askedAtMs: number } | undefined;

  constructor(
    private readonly log: LogName,
    private readonly book: CommitReader,
    private readonly stream: CommitStream,
    private readonly clock: Clock,
  ) {}

  /** Commits that this process has just appended, in order. Call `carry` soon. */
  offer(appended: readonly SealedCommit[]): void {
    const offered = [...this.fresh, ...appended];
    this.fresh = offered.length > batchMax ? [] : offered; // too far behind: the book has them
  }

  /** Publishes what the stream lacks; resolves when nothing is left. Throws what its ports throw; safe to repeat. */
  async carry(): Promise<void> {
    try {
      for (;;) {
        const last = await this.lastRevision();
        const fresh = this.takeFresh(last);
        const missing = fresh ?? (await this.readAfter(last));
        const newest = missing.at(-1)?.commit.revision;
        if (newest === undefined) return await this.assertNotAhead(last);
        const outcome = await this.stream.publish(missing);
        if (outcome === 'published') this.remember(newest);
        else this.streamEnd = undefined; // another relay was faster, or somebody deleted the stream: ask again
        const isAtHead = outcome === 'published' && fresh !== undefined && this.fresh.length === 0;
        if (isAtHead) return; // whoever appends more offers it or wakes us
      }
    } catch (failure) {
      this.streamEnd = undefined; // the outcome is unknown
      throw failure;
    }
  }

  private async lastRevision(): Promise<Revision> {
    const known = this.streamEnd;
    if (known !== undefined && this.clock.monotonicMs() - known.askedAtMs < trustStreamForMs) return known.revision;
    const askedAtMs = this.clock.monotonicMs();
    const revision = await this.stream.lastRevision();
    this.streamEnd = { revision, askedAtMs };
    return revision;
  }

  /** A publication confirms the end as well as a question does. */
  private remember(revision: Revision): void {
    this.streamEnd = { revision, askedAtMs: this.clock.monotonicMs() };
  }

  private takeFresh(last: Revision): readonly SealedCommit[] | undefined {
    const fresh = this.fresh.filter(({ commit }) => commit.revision > last);
    this.fresh = [];
    return fresh[0]?.commit.revision === last + 1 ? fresh : undefined;
  }

  private async readAfter(after: Revision): Promise<readonly SealedCommit[]> {
    const { commits } = await this.book.readPage({ log: this.log, after, limit: batchMax, bytesMax: batchBytesMax });
    return commits.map(unseal);
  }

  private async assertNotAhead(last: Revision): Promise<void> {
    const { revision } = await this.book.head(this.log);
    if (revision < last) throw new StreamAheadOfBook(this.log, last, revision);
  }
}
