import type { Hash, Revision, SealedCommit } from '@evenkeel/contracts';
import { type Cluster, emptyCluster } from '../state/cluster.ts';
import { evolve } from '../state/evolve.ts';
import { fromSnapshot } from '../state/snapshot.ts';
import { BrokenChain, MissingCommits } from './broken-chain.ts';
import type { CommitFeed } from './commit-feed.ts';

export type FollowerParts = {
  readonly feed: CommitFeed;
  /** SHA-256 of the text, as the book makes it. */
  readonly hashOf: (body: string) => Hash;
  /** What this reader last served, from its disk; absent on a new one. */
  readonly lastServed?: Cluster;
  /** A reader that lacks more commits than this reads them in bulk before it follows the stream. */
  readonly farBehind?: number;
};

/**
 * One reader's copy of one log, kept up to date. Every commit is checked against its hash, and its place against the
 * hash before it, so that a reader at revision N holds the history that the book has, and no other.
 *
 * The events inside are not parsed against their schemas again: `config` did that before it sealed them, the hash says
 * that these are those bytes, and it would cost several times the rest of a replay. What a schema would still catch is
 * an event that a newer process wrote; the fold stops there with `UnknownEvent`.
 */
export class ClusterFollower {
  private readonly feed: CommitFeed;
  private readonly hashOf: (body: string) => Hash;
  private readonly farBehind: number;
  /** Read and checked, perhaps half a log: kept between calls, so that a lost feed costs nothing that was read. */
  private read: Cluster | undefined;
  private shown: Cluster | undefined;

  constructor({ feed, hashOf, lastServed, farBehind = 1_000 }: FollowerParts) {
    this.feed = feed;
    this.hashOf = hashOf;
    this.farBehind = farBehind;
    this.read = lastServed;
    this.shown = lastServed;
  }

  /** Never half a log: acting on half of it would remove what is merely unread. Undefined on a new reader until then. */
  current(): Cluster | undefined {
    return this.shown;
  }

  /**
   * Reads until the feed ends and calls `onChange` whenever `current` has changed. Throws what the feed throws, and
   * `MissingCommits`: call again then, it goes on where it was. Throws `BrokenChain` and `UnknownEvent` as often as it is
   * called: those need a person.
   */
  async follow(onChange: (cluster: Cluster) => void): Promise<void> {
    const newest = await this.feed.newestRevision();
    this.read ??= await this.firstPicture();
    if (newest - this.read.revision > this.farBehind) await this.readUpTo(newest);
    this.showFrom(newest, onChange);
    for await (const sealed of this.feed.follow(this.read.revision)) {
      const next = this.nextRevision();
      if (sealed.commit.revision > next) await this.fetchBefore(sealed);
      this.take(sealed);
      this.showFrom(newest, onChange);
    }
  }

  /** A new reader starts from a snapshot, if it can have one: the next commit shows whether it was of this book. */
  private async firstPicture(): Promise<Cluster> {
    const snapshot = await this.feed.snapshot();
    return snapshot === undefined ? emptyCluster : fromSnapshot(snapshot);
  }

  private showFrom(newest: Revision, onChange: (cluster: Cluster) => void): void {
    const read = this.held();
    if (read.revision < newest || read === this.shown) return;
    this.shown = read;
    onChange(read);
  }

  private async fetchBefore({ commit }: SealedCommit): Promise<void> {
    await this.readUpTo((commit.revision - 1) as Revision);
    if (this.nextRevision() < commit.revision) throw new MissingCommits(this.held().revision, commit.revision);
  }

  private async readUpTo(revision: Revision): Promise<void> {
    for await (const page of this.feed.readPages(this.held().revision, revision)) {
      for (const sealed of page) this.take(sealed);
    }
  }

  /** Folds the next commit; one that is held already changes nothing. */
  private take({ commit, body, hash }: SealedCommit): void {
    const read = this.held();
    const { revision, previousHash } = commit;
    const found = this.hashOf(body);
    if (found !== hash) throw new BrokenChain(revision, hash, found, 'the text was changed');
    if (revision === read.revision && hash !== read.hash)
      throw new BrokenChain(revision, read.hash, hash, 'another commit than the one that is held');
    if (revision <= read.revision) return;
    if (revision > this.nextRevision()) throw new MissingCommits(read.revision, revision);
    if (previousHash !== read.hash)
      throw new BrokenChain(revision, read.hash, previousHash, 'it does not continue the history that is held');
    this.read = evolve(read, commit, hash);
  }

  private nextRevision(): Revision {
    return (this.held().revision + 1) as Revision;
  }

  private held(): Cluster {
    return this.read ?? emptyCluster;
  }
}
