import { noRevision, type Revision, type SealedCommit } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import type { CommitStream } from '@evenkeel/ledger';

/** A stream that remembers how far it was seen to go, so that it can be told how far it is behind the book. */
export class RelayWatch implements CommitStream {
  private held: Revision = noRevision;
  private sinceMs: number | undefined;

  constructor(
    private readonly stream: CommitStream,
    private readonly head: () => Revision,
    private readonly clock: Clock,
  ) {}

  async lastRevision(): Promise<Revision> {
    return this.see(await this.stream.lastRevision());
  }

  async publish(commits: readonly SealedCommit[]): Promise<'published' | 'moved'> {
    const outcome = await this.stream.publish(commits);
    const newest = commits.at(-1)?.commit.revision;
    if (outcome === 'published' && newest !== undefined) this.see(newest);
    return outcome;
  }

  /** Call it when the book has grown. */
  bookGrew(): void {
    if (this.lag() > 0) this.sinceMs ??= this.clock.monotonicMs();
  }

  /** Commits that the stream is not known to hold. */
  lag(): number {
    return Math.max(0, this.head() - this.held);
  }

  /** For how long it has been lagging. */
  delayMs(): number {
    return this.sinceMs === undefined ? 0 : this.clock.monotonicMs() - this.sinceMs;
  }

  private see(revision: Revision): Revision {
    this.held = revision;
    if (this.lag() === 0) this.sinceMs = undefined;
    else this.sinceMs ??= this.clock.monotonicMs(); // somebody deleted it, or it is still being filled
    return revision;
  }
}
