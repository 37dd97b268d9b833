import type { CommitFeed } from '@evenkeel/cluster';
import type { ClusterSnapshot, Revision, SealedCommit } from '@evenkeel/contracts';

/** A feed that tells of each commit when its reader has taken it in: whoever is told can see it in what the reader shows. */
export class ToldFeed implements CommitFeed {
  private onTaken: (commit: SealedCommit) => void = () => undefined;

  constructor(private readonly feed: CommitFeed) {}

  tell(onTaken: (commit: SealedCommit) => void): void {
    this.onTaken = onTaken;
  }

  newestRevision(): Promise<Revision> {
    return this.feed.newestRevision();
  }

  async *follow(after: Revision): AsyncIterable<SealedCommit> {
    for await (const commit of this.feed.follow(after)) {
      yield commit;
      this.onTaken(commit);
    }
  }

  async *readPages(after: Revision, upTo: Revision): AsyncIterable<readonly SealedCommit[]> {
    for await (const page of this.feed.readPages(after, upTo)) {
      yield page;
      page.forEach(this.onTaken);
    }
  }

  /** The same, for somebody else than the reader. */
  readAside(after: Revision, upTo: Revision): AsyncIterable<readonly SealedCommit[]> {
    return this.feed.readPages(after, upTo);
  }

  snapshot(): Promise<ClusterSnapshot | undefined> {
    return this.feed.snapshot();
  }
}
