import {
  clusterLog,
  ClusterName,
  type CommitsPage,
  type Hash,
  type Revision,
  type SealedCommit,
} from '@evenkeel/contracts';
import { Clock, type Rest } from '@evenkeel/kernel';
import { expect, it } from '@jest/globals';
import { emptyTail, type Tail } from '../tail.ts';
import { unseal } from '../unseal.ts';
import type { ReadPage } from '../writer/commit-log-port.ts';
import { type CommitReader, type CommitStream, Relay, StreamAheadOfBook } from './relay.ts';

const log = clusterLog(ClusterName.parse('radiology'));
const commit = (revision: number): SealedCommit =>
  unseal({ body: JSON.stringify({ format: 1, log, revision }), hash: '0'.repeat(64) as Hash });

class ManualClock extends Clock {
  ms = 0;
  override nowMs = (): number => this.ms;
  override monotonicMs = (): number => this.ms;
  override rest = (): Rest => ({ over: Promise.resolve(), wake: () => undefined });
}

/** A book of `size` commits that counts how often it is read. */
class Book implements CommitReader {
  reads = 0;
  constructor(public size: number) {}
  readPage({ after, limit }: ReadPage): Promise<CommitsPage> {
    this.reads += 1;
    const count = Math.max(0, Math.min(limit, this.size - after));
    const commits = Array.from({ length: count }, (_, index) => commit(after + index + 1));
    return Promise.resolve({ head: this.size as Revision, commits });
  }
  head = (): Promise<Tail> => Promise.resolve({ ...emptyTail(log), revision: this.size as Revision });
}

/** A stream like JetStream: it refuses what does not continue its end, and can lose acknowledgements. */
class Stream implements CommitStream {
  held: number[] = [];
  failures = 0;
  lastRevision = (): Promise<Revision> => Promise.resolve(this.held.length as Revision);
  publish(commits: readonly SealedCommit[]): Promise<'published' | 'moved'> {
    for (const { commit } of commits) {
      if (commit.revision !== this.held.length + 1) return Promise.resolve('moved');
      this.held.push(commit.revision);
    }
    if (this.failures-- > 0) return Promise.reject(new Error('no acknowledgement'));
    return Promise.resolve('published');
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const setUp = (size: number) => {
  const [book, stream, clock] = [new Book(size), new Stream(), new ManualClock()];
  return { book, stream, clock, relay: new Relay(log, book, stream, clock) };
};

it('carries everything that the stream lacks, in order', async () => {
  const { relay, stream } = setUp(1_203);
  await relay.carry();
  expect(stream.held).toEqual(upTo(1_203));
});

it('publishes a fresh commit without reading it back from the book', async () => {
  const { relay, stream, book } = setUp(2);
  await relay.carry();
  const readsBefore = book.reads;
  book.size = 3;
  relay.offer([commit(3)]);
  await relay.carry();
  expect(stream.held).toEqual(upTo(3));
  expect(book.reads).toBe(readsBefore);
});

it('reads the book when somebody else appended between', async () => {
  const { relay, stream, book } = setUp(2);
  await relay.carry();
  book.size = 4;
  relay.offer([commit(4)]); // revision 3 was appended by another process
  await relay.carry();
  expect(stream.held).toEqual(upTo(4));
});

it('writes the stream again from the first revision after somebody deleted it', async () => {
  const { relay, stream, clock } = setUp(5);
  await relay.carry();
  stream.held = [];
  clock.ms += 1_001;
  await relay.carry();
  expect(stream.held).toEqual(upTo(5));
});

it('notices at once that the stream was deleted when it has something to publish', async () => {
  const { relay, stream, book } = setUp(5);
  await relay.carry();
  stream.held = [];
  book.size = 6;
  relay.offer([commit(6)]);
  await relay.carry();
  expect(stream.held).toEqual(upTo(6));
});

it('publishes nothing twice when an acknowledgement was lost', async () => {
  const { relay, stream } = setUp(3);
  stream.failures = 1;
  await expect(relay.carry()).rejects.toThrow('no acknowledgement');
  await relay.carry();
  expect(stream.held).toEqual(upTo(3));
});

it('shares the work with another relay of the same book', async () => {
  const { relay, stream, book, clock } = setUp(700);
  const other = new Relay(log, book, stream, clock);
  await Promise.all([relay.carry(), other.carry()]);
  expect(stream.held).toEqual(upTo(700));
});

it('is loud when the stream is ahead of the book, as after an old backup', async () => {
  const { relay, stream } = setUp(3);
  stream.held = upTo(9);
  await expect(relay.carry()).rejects.toThrow(StreamAheadOfBook);
});
