import type { ClusterEvent, ClusterSnapshot, Revision, SealedCommit } from '@evenkeel/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { sealed } from '../../test/book.ts';
import { hashOf } from '../../test/hash.ts';
import { broughtOnline, dicomWithTwo, drainStarted } from '../../test/told.ts';
import { type Cluster, emptyCluster, evolve, toSnapshot, UnknownEvent } from '../index.ts';
import { BrokenChain, MissingCommits } from './broken-chain.ts';
import { ClusterFollower } from './cluster-follower.ts';
import type { CommitFeed } from './commit-feed.ts';

const changes = Array.from({ length: 7 }, (_, index) => [index % 2 === 0 ? drainStarted(51) : broughtOnline(51)]);
const book = sealed([[...dicomWithTwo], ...changes]);
const stateAt = (revision: number): Cluster =>
  book.slice(0, revision).reduce((cluster, { commit, hash }) => evolve(cluster, commit, hash), emptyCluster);
const commit = (revision: number): SealedCommit => {
  const found = book[revision - 1];
  if (found === undefined) throw new Error(`no revision ${revision}`);
  return found;
};
const upTo = (last: number, from = 1): SealedCommit[] => book.slice(from - 1, last);

class FeedBroke extends Error {}
const breaks = 'breaks';
type Step = SealedCommit | typeof breaks;

/** A feed that does as it is told: one list of deliveries for each time it is followed. */
class ScriptedFeed implements CommitFeed {
  readonly asked: string[] = [];
  newest = 0;
  stored: ClusterSnapshot | undefined;
  /** What `readPages` can give. */
  held: readonly SealedCommit[] = book;

  constructor(private readonly deliveries: Step[][]) {}

  newestRevision(): Promise<Revision> {
    return this.newest < 0
      ? Promise.reject(new FeedBroke('nobody can tell'))
      : Promise.resolve(this.newest as Revision);
  }

  // A generator that never waits is what this script needs.
  // eslint-disable-next-line @typescript-eslint/require-await
  async *follow(after: Revision): AsyncGenerator<SealedCommit> {
    this.asked.push(`follow after ${after}`);
    for (const step of this.deliveries.shift() ?? []) {
      if (step === breaks) throw new FeedBroke('the feed broke');
      yield step;
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async *readPages(after: Revision, last: Revision): AsyncGenerator<readonly SealedCommit[]> {
    this.asked.push(`read after ${after} up to ${last}`);
    const wanted = this.held.filter(({ commit: { revision } }) => revision > after && revision <= last);
    for (let from = 0; from < wanted.length; from += 2) yield wanted.slice(from, from + 2);
  }

  snapshot(): Promise<ClusterSnapshot | undefined> {
    this.asked.push('snapshot');
    return Promise.resolve(this.stored);
  }
}

let shown: number[];
beforeEach(() => {
  shown = [];
});
const follow = (follower: ClusterFollower): Promise<void> => follower.follow(({ revision }) => shown.push(revision));
const revisionOf = (follower: ClusterFollower): number | undefined => follower.current()?.revision;

describe('a new reader', () => {
  it('shows nothing until it has caught up with the newest revision known at its start, then every change', async () => {
    const feed = new ScriptedFeed([upTo(6)]);
    feed.newest = 4;
    const follower = new ClusterFollower({ feed, hashOf });
    await follow(follower);
    expect(shown).toEqual([4, 5, 6]);
    expect(toSnapshot(follower.current() ?? emptyCluster)).toEqual(toSnapshot(stateAt(6)));
  });

  it('starts from a snapshot and reads only what follows it', async () => {
    const feed = new ScriptedFeed([upTo(6, 4)]);
    feed.newest = 6;
    feed.stored = toSnapshot(stateAt(3));
    const follower = new ClusterFollower({ feed, hashOf });
    await follow(follower);
    expect(feed.asked).toEqual(['snapshot', 'follow after 3']);
    expect(shown).toEqual([6]);
    expect(toSnapshot(follower.current() ?? emptyCluster)).toEqual(toSnapshot(stateAt(6)));
  });

  it('shows a snapshot at once when there is nothing newer', async () => {
    const feed = new ScriptedFeed([[]]);
    feed.newest = 3;
    feed.stored = toSnapshot(stateAt(3));
    await follow(new ClusterFollower({ feed, hashOf }));
    expect(shown).toEqual([3]);
  });

  it('shows an empty cluster when the book is empty', async () => {
    const follower = new ClusterFollower({ feed: new ScriptedFeed([[]]), hashOf });
    await follow(follower);
    expect(follower.current()).toBe(emptyCluster);
  });

  it('shows nothing while nobody can tell the newest revision', async () => {
    const feed = new ScriptedFeed([]);
    feed.newest = -1;
    const follower = new ClusterFollower({ feed, hashOf });
    await expect(follow(follower)).rejects.toThrow(FeedBroke);
    expect(follower.current()).toBeUndefined();
  });
});

describe('a reader that is far behind', () => {
  it('reads in bulk what it lacks, then follows', async () => {
    const feed = new ScriptedFeed([upTo(8, 7)]);
    feed.newest = 6;
    const follower = new ClusterFollower({ feed, hashOf, farBehind: 5 });
    await follow(follower);
    expect(feed.asked).toEqual(['snapshot', 'read after 0 up to 6', 'follow after 6']);
    expect(shown).toEqual([6, 7, 8]);
  });

  it('is told by the stream what could not be read in bulk', async () => {
    const feed = new ScriptedFeed([upTo(6, 3)]);
    feed.newest = 6;
    feed.held = upTo(2);
    await follow(new ClusterFollower({ feed, hashOf, farBehind: 5 }));
    expect(feed.asked.at(-1)).toBe('follow after 2');
    expect(shown).toEqual([6]);
  });

  it('follows at once when it lacks little', async () => {
    const feed = new ScriptedFeed([upTo(5)]);
    feed.newest = 5;
    await follow(new ClusterFollower({ feed, hashOf, farBehind: 5 }));
    expect(feed.asked).toEqual(['snapshot', 'follow after 0']);
  });
});

describe('a reader that served before', () => {
  it('goes on showing what it served until it has caught up', async () => {
    const feed = new ScriptedFeed([[...upTo(5, 4), breaks]]);
    feed.newest = 6;
    const follower = new ClusterFollower({ feed, hashOf, lastServed: stateAt(3) });
    await expect(follow(follower)).rejects.toThrow(FeedBroke);
    expect(revisionOf(follower)).toBe(3);
    expect(shown).toEqual([]);
    expect(feed.asked).toEqual(['follow after 3']); // no snapshot: it has a picture
  });

  it('keeps what it served while the book is silent', async () => {
    const feed = new ScriptedFeed([]);
    feed.newest = -1;
    const follower = new ClusterFollower({ feed, hashOf, lastServed: stateAt(3) });
    await expect(follow(follower)).rejects.toThrow(FeedBroke);
    expect(revisionOf(follower)).toBe(3);
  });
});

describe('a feed with faults', () => {
  it('may repeat commits, which change nothing', async () => {
    const feed = new ScriptedFeed([[...upTo(3), ...upTo(2), commit(3), commit(4)]]);
    feed.newest = 2;
    await follow(new ClusterFollower({ feed, hashOf }));
    expect(shown).toEqual([2, 3, 4]);
  });

  it('may leave commits out, which are fetched', async () => {
    const feed = new ScriptedFeed([[commit(1), commit(4), commit(5)]]);
    feed.newest = 1;
    const follower = new ClusterFollower({ feed, hashOf });
    await follow(follower);
    expect(feed.asked).toContain('read after 1 up to 3');
    expect(shown).toEqual([1, 4, 5]);
    expect(toSnapshot(follower.current() ?? emptyCluster)).toEqual(toSnapshot(stateAt(5)));
  });

  it('may not be able to give what it left out: that is said, and what was read is kept', async () => {
    const feed = new ScriptedFeed([[commit(1), commit(5)], upTo(5, 3)]);
    feed.held = upTo(2);
    const follower = new ClusterFollower({ feed, hashOf });
    await expect(follow(follower)).rejects.toThrow(new MissingCommits(2 as Revision, 5 as Revision));
    expect(revisionOf(follower)).toBe(1);
    await follow(follower);
    expect(feed.asked.at(-1)).toBe('follow after 2');
    expect(revisionOf(follower)).toBe(5);
  });

  it('may give a gap full of gaps, which is said as well', async () => {
    const feed = new ScriptedFeed([[commit(1), commit(5)]]);
    feed.held = [commit(3)];
    await expect(follow(new ClusterFollower({ feed, hashOf }))).rejects.toThrow(MissingCommits);
  });

  it('may break half-way: the next call goes on there and shows no half', async () => {
    const feed = new ScriptedFeed([[...upTo(2), breaks], [commit(3), breaks], upTo(6, 4)]);
    feed.newest = 5;
    const follower = new ClusterFollower({ feed, hashOf });
    await expect(follow(follower)).rejects.toThrow(FeedBroke);
    await expect(follow(follower)).rejects.toThrow(FeedBroke);
    expect(follower.current()).toBeUndefined();
    await follow(follower);
    expect(feed.asked).toEqual(['snapshot', 'follow after 0', 'follow after 2', 'follow after 3']);
    expect(shown).toEqual([5, 6]);
  });
});

describe('a history that is not the one that is held', () => {
  const forged: SealedCommit = { ...commit(3), body: commit(3).body.replace('INF_PACS1', 'EVIL') + ' ' };
  const otherBook = sealed([[...dicomWithTwo], [drainStarted(52)], [broughtOnline(52)]]);

  it.each<[string, Step]>([
    ['a text that was changed after it was sealed', forged],
    ['a commit that continues another book', otherBook[2] ?? breaks],
  ])('is refused loudly, and the last good picture stays: %s', async (_what, step) => {
    const feed = new ScriptedFeed([[...upTo(2), step, commit(3)], [step]]);
    const follower = new ClusterFollower({ feed, hashOf });
    await expect(follow(follower)).rejects.toThrow(BrokenChain);
    expect(revisionOf(follower)).toBe(2);
    await expect(follow(follower)).rejects.toThrow(BrokenChain); // asking again does not help
    expect(revisionOf(follower)).toBe(2);
  });

  it('is seen when the book has another commit at the revision that is held', async () => {
    const feed = new ScriptedFeed([[...upTo(2), otherBook[1] ?? breaks]]);
    await expect(follow(new ClusterFollower({ feed, hashOf }))).rejects.toThrow(BrokenChain);
  });

  it('is seen when a fetched commit was changed', async () => {
    const feed = new ScriptedFeed([[commit(1), commit(4)]]);
    feed.held = [commit(2), forged];
    const follower = new ClusterFollower({ feed, hashOf });
    await expect(follow(follower)).rejects.toThrow(BrokenChain);
    expect(revisionOf(follower)).toBe(1);
  });

  it('is seen when a snapshot was of another book', async () => {
    const feed = new ScriptedFeed([upTo(6, 4)]);
    feed.newest = 6;
    feed.stored = { ...toSnapshot(stateAt(3)), hash: hashOf('another book') };
    const follower = new ClusterFollower({ feed, hashOf });
    await expect(follow(follower)).rejects.toThrow(BrokenChain);
    expect(follower.current()).toBeUndefined();
  });
});

it('stops at a fact that a newer version wrote, and goes on showing what it understood', async () => {
  const newer = sealed([[...dicomWithTwo], [{ kind: 'Newer' } as unknown as ClusterEvent], [drainStarted(51)]]);
  const follower = new ClusterFollower({ feed: new ScriptedFeed([newer]), hashOf });
  await expect(follow(follower)).rejects.toThrow(UnknownEvent);
  expect(revisionOf(follower)).toBe(1);
});
