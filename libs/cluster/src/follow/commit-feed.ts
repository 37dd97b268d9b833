import type { ClusterSnapshot, Revision, SealedCommit } from '@evenkeel/contracts';

/**
 * One reader's way to one log. Every method throws when the world is broken and may be called again.
 * The `commit` of a sealed commit is its `body` parsed and nothing else: the hash vouches for the text only.
 */
export interface CommitFeed {
  /** The newest revision of the book. Throws when nobody can tell: a wrong 0 would look like an empty cluster. */
  newestRevision(): Promise<Revision>;
  /** Commits after `after`, in order, as they come. It may repeat old ones and may leave some out. */
  follow(after: Revision): AsyncIterable<SealedCommit>;
  /** Commits after `after` up to `upTo`, in order, without gaps and in bulk. Ends before `upTo` when nobody can tell. */
  readPages(after: Revision, upTo: Revision): AsyncIterable<readonly SealedCommit[]>;
  /** The newest snapshot, parsed; undefined when there is none or nobody can tell. */
  snapshot(): Promise<ClusterSnapshot | undefined>;
}
