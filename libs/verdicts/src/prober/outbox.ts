import type { RealServerId, Verdict } from '@evenkeel/contracts';
import type { VerdictStore } from './ports.ts';

type Word = { readonly kind: 'verdict'; readonly verdict: Verdict } | { readonly kind: 'gone' };

/** Sent at the same time: enough to hide the way to the store, few enough that fresh news never wait long behind them. */
const batchMax = 256;

/**
 * What is on its way to the store: the newest word about each real server, kept until the store has taken it. So it stays
 * small while the store is away, however long that lasts, and two words about one server never overtake each other.
 */
export class Outbox {
  /** Traffic depends on these: they go first. */
  private readonly news = new Map<RealServerId, Word>();
  /** The same verdict with newer evidence. */
  private readonly refreshed = new Map<RealServerId, Word>();
  /** Of which another has spoken while our word was on its way. */
  private readonly dropped = new Set<RealServerId>();

  constructor(private readonly store: Pick<VerdictStore, 'put' | 'delete'>) {}

  tell(verdict: Verdict): void {
    this.refreshed.delete(verdict.realServerId);
    this.news.set(verdict.realServerId, { kind: 'verdict', verdict });
  }

  refresh(verdict: Verdict): void {
    const box = this.news.has(verdict.realServerId) ? this.news : this.refreshed;
    box.set(verdict.realServerId, { kind: 'verdict', verdict });
  }

  retract(id: RealServerId): void {
    this.refreshed.delete(id);
    this.news.set(id, { kind: 'gone' });
  }

  /** Another has spoken of it since: what still waits here is out of date. */
  drop(id: RealServerId): void {
    this.news.delete(id);
    this.refreshed.delete(id);
    this.dropped.add(id);
  }

  /** Resolves when nothing waits. Throws what the store throws; what it has not taken stays. */
  async sendAll(): Promise<void> {
    while (this.news.size + this.refreshed.size > 0) {
      await this.sendBatch(this.news.size > 0 ? this.news : this.refreshed);
    }
  }

  private async sendBatch(box: Map<RealServerId, Word>): Promise<void> {
    const batch = [...box].slice(0, batchMax);
    for (const [id] of batch) box.delete(id);
    this.dropped.clear();
    const answers = await Promise.allSettled(batch.map(([id, word]) => this.send(id, word)));
    batch.forEach(([id, word], index) => {
      const isNewerThere = this.news.has(id) || this.refreshed.has(id) || this.dropped.has(id);
      if (answers[index]?.status === 'rejected' && !isNewerThere) box.set(id, word);
    });
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private send(id: RealServerId, word: Word): Promise<void> {
    return word.kind === 'gone' ? this.store.delete(id) : this.store.put(word.verdict);
  }
}
