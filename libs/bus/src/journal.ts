import {
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamManager,
  type JsMsg,
  type OrderedConsumerOptions,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection, RequestError } from '@nats-io/transport-node';
import {
  type ClusterName,
  JournalEntry,
  JournalRecord,
  journalOf,
  journalStream,
  journalSubject,
  readTolerantly,
} from '@evenkeel/contracts';
import { consumeOptions } from './consume-options.ts';

const dayMs = 86_400_000;
/** Kept for so long and no longer than there is room. */
const [keptMs, keptBytes] = [90 * dayMs, 128 * 2 ** 20];
/** A record that is sent again within this time is known: longer than a writer is unsure whether it came. */
const duplicatesMs = 3_600_000;
/** Read for one question by subject: some seconds of work, and some ten megabytes. */
const readMax = 20_000;
const readWithinMs = 10_000;
/** Read at once when a page is looked for, and in all for one page: a filter that nothing passes must come to an end. */
const [lookAt, lookMax] = [500, 10_000];
/** One name is taken already, with other settings: a newer or older process made the stream. */
const streamNameInUse = 10_058;

/** What is there: `incarnation` is another one when the stream was deleted and made again; since `since` nothing is missing. */
export type JournalExtent = {
  readonly first: number;
  readonly last: number;
  readonly incarnation: string;
  readonly since: string;
};

/** `next`: the place from which an older page goes on; undefined when there is nothing older. */
export type JournalFinding = { readonly entries: readonly JournalEntry[]; readonly next: number | undefined };

/** `isWhole`: false when there were more, and these are the newest. */
export type JournalReading = { readonly entries: readonly JournalEntry[]; readonly isWhole: boolean };

/**
 * What happened in operation, in a stream that keeps it for some months. Whoever comes first makes it. The methods throw the
 * client's errors when NATS is silent.
 */
export class Journal {
  private opened: Promise<JetStreamManager> | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly cluster: ClusterName,
  ) {}

  /** Resolves when JetStream keeps it. Safe to repeat. */
  async append(record: JournalRecord): Promise<void> {
    const body = JSON.stringify(JournalRecord.parse(record));
    const subject = journalSubject(this.cluster, record);
    await this.asking(() => jetstream(this.connection).publish(subject, body, { msgID: record.id }));
  }

  async extent(): Promise<JournalExtent> {
    const { created, state } = await this.info();
    const hasExpired = state.first_seq > 1;
    const since = new Date(hasExpired ? state.first_ts : created).toISOString();
    return { first: state.first_seq, last: state.last_seq, incarnation: String(Date.parse(created)), since };
  }

  /** Up to `limit` entries that `fits`, newest first, from the place before `before` on. */
  async find(fits: (entry: JournalEntry) => boolean, limit: number, before?: number): Promise<JournalFinding> {
    const { first, last } = await this.extent();
    const top = Math.min(before ?? last + 1, last + 1);
    const found: JournalEntry[] = [];
    let upTo = top;
    while (upTo > first && top - upTo < lookMax && found.length < limit) {
      const from = Math.max(first, upTo - lookAt);
      const entries = await this.between(from, upTo - 1);
      found.push(...entries.filter(fits).reverse());
      upTo = from;
    }
    const entries = found.slice(0, limit);
    if (found.length > limit) return { entries, next: entries.at(-1)?.sequence };
    return { entries, next: upTo > first ? upTo : undefined };
  }

  /**
   * Every entry of a subject (which may have wildcards) that was written since `from`, in order; 20,000 of the newest at the
   * most. One about an earlier time may be among them: it was written late.
   */
  async read(subject: string, from?: string): Promise<JournalReading> {
    const start =
      from === undefined
        ? { deliver_policy: DeliverPolicy.All }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from };
    const consumer = await this.consumer({ ...start, filter_subjects: subject });
    const { num_pending: pending } = await consumer.info();
    if (pending === 0) return { entries: [], isWhole: true };
    const entries: JournalEntry[] = [];
    let left = pending;
    for await (const message of await consumer.fetch({ max_messages: pending, expires: readWithinMs })) {
      left -= 1;
      if (left < readMax) entries.push(...entriesIn(message));
      if (left === 0) break;
    }
    if (left > 0) throw new Error(`the journal did not tell all within ${readWithinMs} ms`);
    return { entries, isWhole: pending <= readMax };
  }

  /** Every entry from the place `from` to `upTo`, in order; without what has expired. */
  async between(from: number, upTo: number): Promise<readonly JournalEntry[]> {
    if (upTo < from) return [];
    const consumer = await this.consumerFrom(from);
    const { num_pending: pending } = await consumer.info();
    const wanted = Math.min(pending, upTo - from + 1);
    if (wanted === 0) return [];
    const entries: JournalEntry[] = [];
    for await (const message of await consumer.fetch({ max_messages: wanted, expires: 5_000 })) {
      if (message.seq <= upTo) entries.push(...entriesIn(message));
      if (message.seq >= upTo) break;
    }
    return entries;
  }

  /**
   * Entries after the place `after` of the journal that is called `incarnation`, as they come. Ends only when the caller ends
   * it; throws when that journal is deleted, also when another one has taken its name: its places are other ones.
   */
  async *follow(after: number, incarnation: string): AsyncGenerator<JournalEntry> {
    const consumer = await this.consumerFrom(after + 1);
    // Asked after the consumer was made: one made here belongs to this journal, or is deleted with it.
    if ((await this.extent()).incarnation !== incarnation) throw new Error('the journal was deleted and made again');
    const messages = await consumer.consume(consumeOptions);
    try {
      for await (const message of messages) yield* entriesIn(message);
    } finally {
      messages.stop();
    }
  }

  private async consumerFrom(sequence: number) {
    return this.consumer({ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, sequence) });
  }

  private consumer(from: Partial<OrderedConsumerOptions>) {
    return this.asking(() => jetstream(this.connection).consumers.get(journalStream, from));
  }

  private async info(): Promise<StreamInfo> {
    return this.asking((manager) => manager.streams.info(journalStream));
  }

  /** Somebody may have deleted the stream since it was opened: then it is made again. */
  private async asking<Answer>(ask: (manager: JetStreamManager) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(await this.open());
    } catch (failure) {
      if (!isMissing(failure)) throw failure;
      this.opened = undefined;
      return ask(await this.open());
    }
  }

  private open(): Promise<JetStreamManager> {
    const opening = (this.opened ??= this.make());
    // A failed attempt must not be remembered: the server may only be late.
    opening.catch(() => (this.opened = undefined));
    return opening;
  }

  private async make(): Promise<JetStreamManager> {
    const manager = await jetstreamManager(this.connection, { checkAPI: false });
    const settings = {
      name: journalStream,
      subjects: [journalOf(this.cluster)],
      description: 'What happened in operation. Whoever saw it writes; the oldest go.',
      discard: DiscardPolicy.Old,
      max_age: nanos(keptMs),
      max_bytes: keptBytes,
      duplicate_window: nanos(duplicatesMs),
    };
    await manager.streams.add(settings).catch((failure: unknown) => {
      if (!isApiError(failure, streamNameInUse)) throw failure;
    });
    return manager;
  }
}

/** None for what another version wrote and this one does not know: it must not blind the reader to the rest. */
const entriesIn = (message: JsMsg): readonly JournalEntry[] => {
  try {
    const entry = readTolerantly(JournalEntry, { ...message.json<object>(), sequence: message.seq });
    return entry === undefined ? [] : [entry];
  } catch {
    return []; // no JSON
  }
};

/** A publication that no stream takes is answered by nobody. */
const isMissing = (failure: unknown): boolean =>
  isApiError(failure, JetStreamApiCodes.StreamNotFound) ||
  (failure instanceof Error && failure.cause instanceof RequestError && failure.cause.isNoResponders());

const isApiError = (failure: unknown, code: number): boolean =>
  failure instanceof JetStreamApiError && failure.code === code;
