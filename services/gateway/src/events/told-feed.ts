import type { CommitFeed } from '@evenkeel/cluster';
import type { ClusterSnapshot, Revision, SealedCommit } from '@evenkeel/contracts';

/** A feed that tells of each commit when its reader has taken it in: whoever is told can see it in what the reader shows. */
export class ToldFeed implements CommitFeed {
  private readonly listeners: ((commit: SealedCommit) => void)[] = [];

  constructor(private readonly feed: CommitFeed) {}

  /** From now on, for as long as there is this feed. A stream that is written again is told again. */
  tell(listener: (commit: SealedCommit) => void): void {
    this.listeners.push(listener);
  }

  newestRevision(): Promise<Revision> {
    return this.feed.newestRevision();
  }

  async *follow(after: Revision): AsyncIterable<SealedCommit> {
    for await (const commit of this.feed.follow(after)) {
      yield commit;
      this.taken(commit);
    }
  }

  async *readPages(after: Revision, upTo: Revision): AsyncIterable<readonly SealedCommit[]> {
    for await (const page of this.feed.readPages(after, upTo)) {
      yield page;
      for (const commit of page) this.taken(commit);
    }
  }

  /** The same, for somebody else than the reader. */
  readAside(after: Revision, upTo: Revision): AsyncIterable<readonly SealedCommit[]> {
    return this.feed.readPages(after, upTo);
  }

  private taken(commit: SealedCommit): void {
    for (const listener of this.listeners) listener(commit);
  }

  snapshot(): Promise<ClusterSnapshot | undefined> {
    return this.feed.snapshot();
  }
}
