import { type JournalNews, type JournalRecord } from '@evenkeel/contracts';
import { type Clock } from '@evenkeel/kernel';

/** Where records go. */
export interface JournalStore {
  /** Resolves when it is kept. Safe to repeat: a record has an id. Throws when nobody keeps it now. */
  append(record: JournalRecord): Promise<void>;
}

/** Who writes: a node or a checker, and one run of its process. */
export type JournalWriter = Pick<JournalRecord, 'node'> & { readonly run: string };

/** Some hours of a bad day of one node. */
const usualMax = 1_000;

/**
 * What a process has to say to the journal, kept until it is stored: in order, each with its own time. Nothing waits for
 * it. When there is more than it can keep, the oldest go, and how many is a record of its own.
 */
export class JournalOutbox {
  private readonly waiting: JournalRecord[] = [];
  private lost: Lost | undefined;
  private written = 0;

  constructor(
    private readonly writer: JournalWriter,
    private readonly clock: Clock,
    /** Told of records that are given up. */
    private readonly onLost: (count: number) => void = () => undefined,
    /** So many wait at the most. */
    private readonly waitingMax = usualMax,
  ) {}

  note(news: JournalNews): void {
    this.waiting.push(this.signed(news));
    if (this.waiting.length > this.waitingMax) this.giveUpOldest();
  }

  /** Resolves when nothing waits. Throws what the store throws; what it has not taken stays. */
  async sendAll(store: JournalStore): Promise<void> {
    for (let next = this.next(); next !== undefined; next = this.next()) {
      await store.append(next);
      // It may have been given up meanwhile, although it is stored after all.
      if (this.waiting[0] === next) this.waiting.shift();
    }
  }

  private next(): JournalRecord | undefined {
    if (this.lost !== undefined) {
      this.waiting.unshift(this.signed(lostNews(this.lost)));
      this.lost = undefined;
    }
    return this.waiting[0];
  }

  private giveUpOldest(): void {
    const oldest = this.waiting.shift();
    if (oldest === undefined) return;
    // One that tells of others goes on telling of them.
    const { kind, time } = oldest;
    const gone = kind === 'records-lost' ? oldest : { count: 1, from: time, to: time, kinds: [kind] };
    const kinds = new Set([...(this.lost?.kinds ?? []), ...(gone.kinds ?? [])]);
    const [count, from] = [(this.lost?.count ?? 0) + gone.count, this.lost?.from ?? gone.from];
    this.lost = { count, from, to: gone.to, kinds: [...kinds] };
    if (kind !== 'records-lost') this.onLost(1);
  }

  private signed(news: JournalNews): JournalRecord {
    this.written += 1;
    const { node, run } = this.writer;
    const time = new Date(this.clock.nowMs()).toISOString();
    return { ...news, id: `${node}:${run}:${this.written}`, time, node };
  }
}

type Lost = Pick<Extract<JournalRecord, { kind: 'records-lost' }>, 'count' | 'from' | 'to' | 'kinds'>;

const lostNews = ({ count, from, to, kinds }: Lost): JournalNews => ({
  kind: 'records-lost',
  sentence: `${count} records between ${from} and ${to} were given up while the bus was away`,
  entities: [],
  count,
  from,
  to,
  ...(kinds === undefined ? {} : { kinds }),
});
