import { ClusterName, type CommitsPage, type ReadCommits, type Revision } from '@evenkeel/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import { expect, it } from '@jest/globals';
import { CommitFeed } from './commit-feed.ts';
import { ConfigAway, type ConfigClient } from './config-client.ts';

const at = (revision: number): Revision => revision as Revision;

/** A book of so many commits. `answerMax`: a page that would grow larger than one message is cut there. */
class Book {
  asked = 0;
  isAwayAfter = Infinity;

  constructor(
    private readonly newest: number,
    private readonly answerMax = Infinity,
  ) {}

  commits({ after, limit }: ReadCommits): Promise<CommitsPage> {
    this.asked += 1;
    if (after >= this.isAwayAfter) return Promise.reject(new ConfigAway('commits', false, undefined));
    const count = Math.max(0, Math.min(limit, this.answerMax, this.newest - after));
    const commits = Array.from({ length: count }, (_, index) => {
      const body = JSON.stringify({ revision: after + index + 1 });
      return { body, hash: 'a'.repeat(64) as CommitsPage['commits'][number]['hash'] };
    });
    return Promise.resolve({ head: at(this.newest), commits });
  }
}

const read = async (book: Book, after: number, upTo: number): Promise<number[]> => {
  const config = book as unknown as ConfigClient;
  const feed = new CommitFeed({} as NatsConnection, config, ClusterName.parse('radiology'));
  const revisions: number[] = [];
  for await (const page of feed.readPages(at(after), at(upTo))) {
    revisions.push(...page.map(({ commit }) => commit.revision));
  }
  return revisions;
};
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

it.each([
  [0, 1],
  [0, 2_000],
  [1_234, 9_999],
  [7, 7],
])('reads the commits after %i up to %i, in order and each once', async (after, upTo) => {
  await expect(read(new Book(20_000), after, upTo)).resolves.toEqual(range(after + 1, upTo));
});

it('asks on where an answer was cut short', async () => {
  await expect(read(new Book(5_000, 300), 0, 4_500)).resolves.toEqual(range(1, 4_500));
});

it('ends early, and leaves no gap, when config falls silent or the book ends', async () => {
  const book = new Book(20_000, 500);
  book.isAwayAfter = 3_000;
  await expect(read(book, 0, 9_000)).resolves.toEqual(range(1, 3_000));
  await expect(read(new Book(3_210), 0, 9_000)).resolves.toEqual(range(1, 3_210));
});

it('asks for little more than what is taken', async () => {
  const book = new Book(100_000);
  const feed = new CommitFeed({} as NatsConnection, book as unknown as ConfigClient, ClusterName.parse('radiology'));
  for await (const page of feed.readPages(at(0), at(100_000))) {
    expect(page).toHaveLength(2_000);
    break;
  }
  expect(book.asked).toBeLessThan(5);
});
