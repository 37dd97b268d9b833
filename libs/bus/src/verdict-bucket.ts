import type { NatsConnection } from '@nats-io/transport-node';
import { type RealServerId, Verdict, verdictBucket } from '@evenkeel/contracts';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { madeAt, watchBucket } from './watch-bucket.ts';
import { saidIn } from './said-in.ts';

/** What a reader of the bucket learns. `caught-up` comes once, after everything that was there at the start. */
export type VerdictNews =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'gone'; readonly realServerId: RealServerId }
  | { readonly kind: 'beat'; readonly checker: string; readonly atMs: number }
  | { readonly kind: 'caught-up' };

/** A checker's sign of life. Per-key expiry is accepted and never enforced by NATS 2.9: readers judge the age. */
const beatPrefix = 'beat.';

/** Somebody deleted the bucket, and it was made anew: what was in it is not in it any more. */
export class BucketRemade extends Error {
  override readonly name = 'BucketRemade';

  constructor() {
    super('the bucket of verdicts was deleted and made anew: everything must be put into it again');
  }
}

/**
 * Verdicts by real server id in a JetStream key-value bucket, which is made when it is missing. All methods throw the client's
 * errors.
 */
export class VerdictBucket {
  private opened: Promise<KV> | undefined;
  /** When the bucket was made that this writer has put its verdicts into. */
  private writtenTo: string | undefined;

  constructor(private readonly connection: NatsConnection) {}

  /** Safe to repeat. */
  async put(verdict: Verdict): Promise<void> {
    await this.asking((bucket) => bucket.put(verdict.realServerId, JSON.stringify(verdict)));
  }

  /** The real server is no longer in the book. Safe to repeat. */
  async delete(realServerId: RealServerId): Promise<void> {
    await this.asking((bucket) => bucket.purge(realServerId));
  }

  /**
   * Says that `checker` is alive. `name` must be a NATS token. Throws `BucketRemade`, once, instead of vouching for verdicts
   * that are gone.
   */
  async beat(checker: string, atMs: number): Promise<void> {
    await this.asking(async (bucket) => {
      const before = this.writtenTo;
      this.writtenTo = await madeAt(bucket);
      if (before !== undefined && before !== this.writtenTo) throw new BucketRemade();
      await bucket.put(`${beatPrefix}${checker}`, String(atMs));
    });
  }

  /**
   * Everything that is there, then `caught-up`, then news as it comes. Ends when the connection does, and when the bucket is
   * gone or another one; call again then.
   */
  async *watch(): AsyncGenerator<VerdictNews> {
    try {
      for await (const entry of watchBucket(await this.bucket())) {
        yield entry === 'caught-up' ? { kind: entry } : newsIn(entry);
      }
    } finally {
      this.opened = undefined; // it may be gone
    }
  }

  /** A bucket that did not take a question may be gone: it is made again for the next one. */
  private async asking<Answer>(ask: (bucket: KV) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(await this.bucket());
    } catch (failure) {
      this.opened = undefined;
      throw failure;
    }
  }

  private bucket(): Promise<KV> {
    const opening = (this.opened ??= new Kvm(this.connection).create(verdictBucket, { history: 1 }));
    // A failed attempt must not be remembered: the server may only be late.
    opening.catch(() => (this.opened = undefined));
    return opening;
  }
}

const newsIn = (entry: KvEntry): VerdictNews => {
  const { key, operation } = entry;
  if (key.startsWith(beatPrefix)) {
    return {
      kind: 'beat',
      checker: key.slice(beatPrefix.length),
      atMs: operation === 'PUT' ? Number(entry.string()) : 0,
    };
  }
  const realServerId = key as RealServerId;
  const verdict = operation === 'PUT' ? saidIn(Verdict, entry) : undefined;
  return verdict === undefined ? { kind: 'gone', realServerId } : { kind: 'verdict', verdict };
};
