import type { ProbeResult, RealServerId, Verdict } from '@evenkeel/contracts';
import type { Clock, Rest } from '@evenkeel/kernel';
import { nextVerdict } from '../target-verdict.ts';
import { verdictOf } from '../verdict-of.ts';
import type { FixedVerdict, Wanted, WantedCheck } from '../wanted.ts';
import { DueQueue } from './due-queue.ts';
import type { Probe, VerdictStore } from './ports.ts';
import { type Hearer, Publisher } from './publisher.ts';
import { beginWatch, firstVerdict, isOwnJudgement, nextDueMs, type Watch } from './watch.ts';

export type ProberOptions = {
  /** The name of this checker, in every verdict. */
  readonly checker: string;
  /** Probes under way at once: each holds a file handle. */
  readonly probesMax: number;
  /** Unchanged verdicts are published with newer evidence at most this often. */
  readonly refreshMs: number;
  /** Told of each failure of ours; the prober goes on. */
  readonly onFailure: (failure: unknown) => void;
  readonly hearer?: Hearer;
};

/** Probes started before the event loop gets a turn: after a pause of the machine everything is due at once. */
const startsPerTurn = 100;
/** A checker silent for longer has left verdicts behind that mean nothing any more. */
const trustMs = 60_000;
/**
 * After a start, the longest wait for all targets to be judged before this checker vouches for its verdicts: three
 * questions of a C-ECHO at its usual pace. Workers go by their own checks meanwhile.
 */
const settleMs = 30_000;
const longestRestMs = 60_000;

/**
 * Asks every wanted target at its pace and publishes what that means. One timer for all, one probe per target at a time,
 * `probesMax` in all. A target is due again `interval` after it was due; one that is still being asked then, right after.
 */
export class Prober {
  private watches: ReadonlyMap<string, Watch> = new Map();
  private readonly queue = new DueQueue<Watch>();
  /** Keys of the targets that are being asked. */
  private readonly asking = new Set<string>();
  private readonly publisher: Publisher;
  private settleBeforeMs: number | undefined;
  private hasSettled = false;
  private rest: Rest | undefined;
  private restsUntilMs = 0;
  private hasStopped = false;

  /** `random` spreads the first questions: numbers from 0 up to 1. */
  constructor(
    private readonly probe: Probe,
    store: VerdictStore,
    private readonly options: ProberOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    const { checker, onFailure, hearer } = options;
    this.publisher = new Publisher(store, { checker, isSettled: () => this.isSettled(), onFailure, hearer }, clock);
  }

  /**
   * What the store holds at the start, with the last sign of life of each checker. Fresh verdicts are gone on from, so
   * that a restart does not flap; of older ones only the key counts, to be overwritten or taken back. Call before `want`.
   */
  adopt(verdicts: readonly Verdict[], beatsMs: ReadonlyMap<string, number>): void {
    const oldestMs = this.clock.nowMs() - trustMs;
    for (const verdict of verdicts) this.publisher.know(verdict, (beatsMs.get(verdict.checker) ?? 0) >= oldestMs);
  }

  /** From now on, check this and nothing else. What was wanted before goes on undisturbed. */
  want({ checks, fixed }: Wanted): void {
    this.settleBeforeMs ??= this.clock.monotonicMs() + settleMs;
    this.watches = new Map([...checks].map(([key, wanted]) => [key, this.goOnOrBegin(wanted)]));
    this.queue.refill([...this.watches.values()].filter(({ wanted }) => !this.asking.has(wanted.key)));
    for (const watch of this.watches.values()) this.publish(watch, false);
    for (const [id, verdict] of fixed) this.publishFixed(id, verdict);
    const inAudience = new Set([...checks.values()].flatMap(({ audience }) => audience.map((one) => one.realServerId)));
    this.publisher.keepOnly((id) => inAudience.has(id) || fixed.has(id));
    this.wakeBefore(-Infinity);
  }

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    await Promise.all([this.publisher.run(), this.schedule()]);
  }

  stop(): void {
    this.hasStopped = true;
    this.publisher.stop();
    this.rest?.wake();
  }

  private goOnOrBegin(wanted: WantedCheck): Watch {
    const known = this.watches.get(wanted.key);
    // The same object: its probe may be under way.
    if (known !== undefined) return Object.assign(known, { wanted });
    const own = wanted.audience.filter(({ follows }) => follows === undefined);
    const lastVerdicts = own.flatMap(({ realServerId }) => this.publisher.trusted(realServerId) ?? []);
    const { refreshMs } = this.options;
    const timing = { nowMs: this.clock.monotonicMs(), refreshMs, random: this.random };
    return beginWatch(wanted, firstVerdict(lastVerdicts, this.time()), timing);
  }

  private async schedule(): Promise<void> {
    while (!this.hasStopped) {
      this.startDue();
      const now = this.clock.monotonicMs();
      this.restsUntilMs = this.isFull() ? Infinity : (this.queue.next()?.dueMs ?? Infinity);
      this.rest = this.clock.rest(Math.max(0, Math.min(this.restsUntilMs - now, longestRestMs)));
      await this.rest.over;
    }
  }

  private startDue(): void {
    const now = this.clock.monotonicMs();
    for (let started = 0; started < startsPerTurn && !this.isFull(); started++) {
      const next = this.queue.next();
      if (next === undefined || next.dueMs > now) return;
      this.queue.take();
      void this.check(next);
    }
  }

  private async check(watch: Watch): Promise<void> {
    const { key } = watch.wanted;
    this.asking.add(key);
    const result = await this.ask(watch.wanted);
    this.asking.delete(key);
    const wanted = this.watches.get(key);
    if (wanted === watch) this.take(watch, result);
    if (wanted !== undefined) this.queue.add(wanted); // a new watch too: it had to wait for the end of this probe
    this.wakeBefore(wanted?.dueMs ?? -Infinity);
  }

  private async ask({ check, target }: WantedCheck): Promise<ProbeResult> {
    try {
      return await this.probe(check, target);
    } catch (failure) {
      // A bug in one kind of check must not end all the others.
      this.options.onFailure(failure);
      const detail = 'this checker has a fault and could not ask; its log says more';
      return { outcome: 'not-asked', reason: 'checker-failed', detail, latencyMs: 0, at: this.time() };
    }
  }

  private take(watch: Watch, result: ProbeResult): void {
    const now = this.clock.monotonicMs();
    watch.verdict = nextVerdict(watch.verdict, result, watch.wanted.check);
    watch.isJudged ||= isOwnJudgement(watch);
    watch.dueMs = nextDueMs(watch, now);
    const isRefreshDue = now >= watch.refreshDueMs;
    if (isRefreshDue) watch.refreshDueMs = now + this.options.refreshMs;
    this.publish(watch, isRefreshDue);
  }

  private publish({ wanted, verdict }: Watch, isRefreshDue: boolean): void {
    for (const listener of wanted.audience) {
      this.publisher.say(verdictOf(verdict, listener, this.options.checker), isRefreshDue);
    }
  }

  private publishFixed(realServerId: RealServerId, fixed: FixedVerdict): void {
    const last = this.publisher.trusted(realServerId);
    const since = last?.state === fixed.state ? last.since : this.time();
    const verdict = { realServerId, ...fixed, since, checker: this.options.checker, evidence: [] };
    this.publisher.say(verdict, last?.detail !== fixed.detail);
  }

  /** Once and for all: a target that is wanted later is unknown to everybody until it is judged. */
  private isSettled(): boolean {
    if (this.settleBeforeMs === undefined) return false;
    const isLate = this.clock.monotonicMs() >= this.settleBeforeMs;
    this.hasSettled ||= isLate || [...this.watches.values()].every(({ isJudged }) => isJudged);
    return this.hasSettled;
  }

  private isFull(): boolean {
    return this.asking.size >= this.options.probesMax;
  }

  private wakeBefore(dueMs: number): void {
    if (dueMs < this.restsUntilMs) this.rest?.wake();
  }

  private time(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }
}
