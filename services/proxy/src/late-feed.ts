import type { CommitFeed } from '@evenkeel/cluster';
import type { ClusterSnapshot, Revision, SealedCommit } from '@evenkeel/contracts';

/** A feed that is still on its way: a node serves before the bus answers, so nobody waits for it at the start. */
export class LateFeed implements CommitFeed {
  constructor(private readonly coming: Promise<CommitFeed>) {}

  async newestRevision(): Promise<Revision> {
    return (await this.coming).newestRevision();
  }

  async *follow(after: Revision): AsyncIterable<SealedCommit> {
    yield* (await this.coming).follow(after);
  }

  async *readPages(after: Revision, upTo: Revision): AsyncIterable<readonly SealedCommit[]> {
    yield* (await this.coming).readPages(after, upTo);
  }

  async snapshot(): Promise<ClusterSnapshot | undefined> {
    return (await this.coming).snapshot();
  }
}
