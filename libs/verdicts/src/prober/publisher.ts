import type { RealServerId, Verdict, VerdictState } from '@evenkeel/contracts';
import { type Clock, Loop } from '@evenkeel/kernel';
import { Outbox } from './outbox.ts';
import type { VerdictStore } from './ports.ts';

/** How often the store hears that this checker is alive. */
const beatMs = 1_000;

/** Stands for whoever speaks of a real server that is not ours to speak of. */
export const another = 'another';

/** Hears what is said, when it is said: the store may be away then, and is told only the newest word. */
export type Hearer = {
  /** Somebody else has said this. */
  know(verdict: Verdict): void;
  see(verdict: Verdict): void;
  gone(id: RealServerId): void;
};

export type PublisherOptions = {
  readonly checker: string;
  /** Whether our verdicts can be relied on yet. While not, there is no sign of life and the workers judge themselves. */
  readonly isSettled: () => boolean;
  /** Told of each failed attempt; the publisher goes on. */
  readonly onFailure: (failure: unknown) => void;
  /** The store did not take something. */
  readonly onNotTaken?: () => void;
  readonly hearer?: Hearer | undefined;
};

/** Tells the store what is new in the verdicts, in the order in which it happens, and that this checker is alive. */
export class Publisher {
  private readonly said = new Map<RealServerId, { readonly verdict: Verdict; readonly isTrusted: boolean }>();
  private readonly outbox: Outbox;
  private readonly loop: Loop;
  private beatDueMs = -Infinity;

  constructor(
    private readonly store: VerdictStore,
    private readonly options: PublisherOptions,
    private readonly clock: Clock,
  ) {
    const { onFailure } = options;
    this.outbox = new Outbox(store);
    this.loop = new Loop(() => this.round(), { sweepMs: beatMs, retryMinMs: 100, retryMaxMs: 2_000, onFailure }, clock);
  }

  /** The store holds this already. `isTrusted`: its checker was alive a moment ago, so the verdict still means something. */
  know(verdict: Verdict, isTrusted: boolean): void {
    this.said.set(verdict.realServerId, { verdict, isTrusted });
    this.outbox.drop(verdict.realServerId);
    this.options.hearer?.know(verdict);
  }

  /** Another speaks of it from now on: whatever we have said, and what still waits to be said, is out of date. */
  leaveToOthers(id: RealServerId): void {
    const last = this.said.get(id);
    if (last !== undefined) this.know({ ...last.verdict, checker: another }, last.isTrusted);
  }

  /** The last word about a real server, unless it is too old to mean anything. */
  trusted(id: RealServerId): Verdict | undefined {
    const last = this.said.get(id);
    return last?.isTrusted === true ? last.verdict : undefined;
  }

  stateOf(id: RealServerId): VerdictState | undefined {
    return this.said.get(id)?.verdict.state;
  }

  /** Publishes a changed state or reason at once, newer evidence for the same only when it `isRefreshDue`. */
  say(verdict: Verdict, isRefreshDue: boolean): void {
    const last = this.said.get(verdict.realServerId)?.verdict;
    const isNews = last === undefined || hasChanged(last, verdict);
    if (!isNews && !isRefreshDue) return;
    this.said.set(verdict.realServerId, { verdict, isTrusted: true });
    if (isNews) this.options.hearer?.see(verdict);
    if (isNews) this.outbox.tell(verdict);
    else this.outbox.refresh(verdict);
    this.loop.wake();
  }

  /** Takes back every verdict about a real server that is no longer in the book. */
  keepOnly(isInTheBook: (id: RealServerId) => boolean): void {
    for (const id of this.said.keys()) {
      if (isInTheBook(id)) continue;
      this.said.delete(id);
      this.options.hearer?.gone(id);
      this.outbox.retract(id);
      this.loop.wake();
    }
  }

  /** Resolves after `stop`. */
  run(): Promise<void> {
    return this.loop.run();
  }

  stop(): void {
    this.loop.stop();
  }

  /** A store that has failed may have lost what it had: it is told everything again before the next sign of life. */
  private async round(): Promise<void> {
    try {
      await this.tell();
    } catch (failure) {
      this.refreshOurs();
      this.options.onNotTaken?.();
      throw failure;
    }
  }

  private refreshOurs(): void {
    for (const { verdict, isTrusted } of this.said.values())
      if (isTrusted && verdict.checker === this.options.checker) this.outbox.refresh(verdict);
  }

  private async tell(): Promise<void> {
    await this.outbox.sendAll();
    const now = this.clock.monotonicMs();
    if (now < this.beatDueMs) return; // there are many rounds a second, and a look at all targets is not free
    this.beatDueMs = now + beatMs * 0.9; // a little before the sweep, which would otherwise come just too early
    if (this.options.isSettled()) await this.store.beat(this.options.checker, this.clock.nowMs());
  }
}

/** Also by another checker's name: readers judge a verdict's age by the signs of life of the checker it names. */
const hasChanged = (last: Verdict, verdict: Verdict): boolean =>
  last.state !== verdict.state ||
  last.reason !== verdict.reason ||
  last.checker !== verdict.checker ||
  votesIn(last) !== votesIn(verdict);

/** Who says what: a disagreement is news. */
const votesIn = ({ votes = [] }: Verdict): string => votes.map(({ checker, state }) => `${checker} ${state}`).join(' ');
