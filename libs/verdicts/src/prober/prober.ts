import type { CouncilWord, ProbeResult, RealServerId, Verdict, VerdictState } from '@evenkeel/contracts';
import type { Clock, Rest } from '@evenkeel/kernel';
import { alone, type Colleagues } from '../council/colleagues.ts';
import { asBefore } from '../council/judge-together.ts';
import { neverChecked, type TargetVerdict } from '../target-verdict.ts';
import { verdictOf } from '../verdict-of.ts';
import type { FixedVerdict, Listener, Wanted, WantedCheck } from '../wanted.ts';
import { DueQueue } from './due-queue.ts';
import type { Probe, VerdictStore } from './ports.ts';
import { another, type Hearer, Publisher } from './publisher.ts';
import { beginWatch, firstVerdict, nextDueMs, takeResult, voteOf, type Watch } from './watch.ts';

export type ProberOptions = {
  /** The name of this checker, in every verdict. */
  readonly checker: string;
  /** Probes under way at once: each holds a file handle. */
  readonly probesMax: number;
  /** An unchanged verdict is published with newer evidence at most this often; among many, less often still. */
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
/** Newer evidence for all targets together: the store, and everybody who reads it, pays for each. */
const refreshesPerSecond = 200;

/**
 * Asks every wanted target at its pace and publishes what that means. One timer for all, one probe per target at a time,
 * `probesMax` in all. A target is due again `interval` after it was due; one that is still being asked then, right after.
 */
export class Prober {
  private watches: ReadonlyMap<string, Watch> = new Map();
  private wanted: Wanted | undefined;
  private readonly queue = new DueQueue<Watch>();
  /** Keys of the targets that are being asked. */
  private readonly asking = new Set<string>();
  private readonly publisher: Publisher;
  private settleBeforeMs: number | undefined;
  private hasSettled = false;
  private rest: Rest | undefined;
  private restsUntilMs = 0;
  private hasStopped = false;

  /** `random` spreads the first questions: numbers from 0 up to 1. `colleagues`: who else asks the same cluster. */
  constructor(
    private readonly probe: Probe,
    store: VerdictStore,
    private readonly options: ProberOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly colleagues: Colleagues = alone,
  ) {
    const { checker, onFailure, hearer } = options;
    const isSettled = (): boolean => this.isSettled() && colleagues.canVouch();
    const onNotTaken = (): void => colleagues.doubt();
    this.publisher = new Publisher(store, { checker, isSettled, onFailure, onNotTaken, hearer }, clock);
    colleagues.begin({
      isSettled: () => this.isSettled(),
      hear: (target, word) => this.hear(target, word),
      recount: (target) => this.recount(target),
      reseat: () => this.reseat(),
    });
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
  want(wanted: Wanted): void {
    const { checks, fixed } = wanted;
    this.wanted = wanted;
    this.settleBeforeMs ??= this.clock.monotonicMs() + settleMs;
    const before = this.watches;
    const asked = [...checks].filter(([key]) => this.colleagues.asks(key));
    this.watches = new Map(asked.map(([key, check]) => [key, this.goOnOrBegin(check)]));
    // First: whoever spoke of a real server that has left the book tells so.
    const inAudience = new Set([...checks.values()].flatMap(({ audience }) => audience.map(idOf)));
    this.publisher.keepOnly((id) => inAudience.has(id) || fixed.has(id));
    this.leave([...before.values()].filter(({ wanted: { key } }) => !this.watches.has(key)));
    this.colleagues.keepOnly((key) => checks.has(key));
    this.queue.refill([...this.watches.values()].filter(({ wanted: { key } }) => !this.asking.has(key)));
    for (const watch of this.watches.values()) this.publish(watch, false);
    for (const [id, verdict] of fixed) this.publishFixed(id, verdict);
    this.wakeBefore(-Infinity);
  }

  /** What was said last of a real server, here or by another checker; undefined when nobody has, as far as is known here. */
  stateOf(id: RealServerId): VerdictState | undefined {
    return this.publisher.stateOf(id);
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
    const timing = { nowMs: this.clock.monotonicMs(), refreshMs: this.refreshMs(), random: this.random };
    return beginWatch(wanted, this.beginning(wanted), timing);
  }

  private beginning({ key, audience }: WantedCheck): TargetVerdict {
    const word = this.colleagues.wordOn(key);
    if (word !== undefined) return this.asTheOthersSaid(audience, asBefore(neverChecked(this.time()), word));
    const own = audience.filter(({ follows }) => follows === undefined);
    const lastVerdicts = own.flatMap(({ realServerId }) => this.publisher.trusted(realServerId) ?? []);
    return firstVerdict(lastVerdicts, this.time());
  }

  /** Whoever said it has told it already, also when we are the next to speak. */
  private asTheOthersSaid(audience: readonly Listener[], verdict: TargetVerdict): TargetVerdict {
    for (const listener of audience) this.publisher.know(verdictOf(verdict, listener, another), true);
    return verdict;
  }

  /** Those are gone from the book, or others ask them. */
  private leave(left: readonly Watch[]): void {
    if (left.length === 0) return;
    const ours = new Set([...this.watches.values()].flatMap(({ wanted: { audience } }) => audience.map(idOf)));
    for (const { wanted } of left) {
      this.colleagues.abstain(wanted.key);
      for (const id of wanted.audience.map(idOf)) if (!ours.has(id)) this.publisher.leaveToOthers(id);
    }
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
    takeResult(watch, result, { nowMs: now, word: this.colleagues.wordOn(watch.wanted.key) });
    watch.dueMs = nextDueMs(watch, now, this.random());
    const isRefreshDue = now >= watch.refreshDueMs;
    if (isRefreshDue) watch.refreshDueMs = now + this.refreshMs();
    this.publish(watch, isRefreshDue);
  }

  private publish(watch: Watch, isRefreshDue: boolean): void {
    const { key, audience } = watch.wanted;
    const { verdict, isOurs } = this.colleagues.judge(key, watch.verdict, voteOf(watch, this.clock.monotonicMs()));
    const isSaid = this.colleagues.wordOn(key) !== undefined;
    for (const listener of audience) {
      if (isOurs) this.publisher.say(verdictOf(verdict, listener, this.options.checker), isRefreshDue);
      else if (isSaid) this.publisher.know(verdictOf(verdict, listener, another), true);
      else this.publisher.leaveToOthers(listener.realServerId); // what we alone have seen, nobody has said
    }
  }

  private hear(target: string, word: CouncilWord): void {
    const watch = this.watches.get(target);
    if (watch !== undefined) this.asTheOthersSaid(watch.wanted.audience, asBefore(watch.verdict, word));
  }

  private refreshMs(): number {
    const count = this.wanted?.checks.size ?? 0;
    return Math.max(this.options.refreshMs, (count * 1_000) / refreshesPerSecond);
  }

  private recount(target: string): void {
    const watch = this.watches.get(target);
    if (watch !== undefined) this.publish(watch, false);
  }

  private reseat(): void {
    if (this.wanted !== undefined) this.want(this.wanted);
  }

  private publishFixed(realServerId: RealServerId, fixed: FixedVerdict): void {
    const last = this.publisher.trusted(realServerId);
    const since = last?.state === fixed.state ? last.since : this.time();
    const verdict = { realServerId, ...fixed, since, checker: this.options.checker, evidence: [] };
    if (this.colleagues.speaksFor(`fixed ${realServerId}`)) this.publisher.say(verdict, last?.detail !== fixed.detail);
    // Everybody has it from the book, so whoever speaks says the same.
    else if (this.colleagues.canVouch()) this.publisher.know({ ...verdict, checker: another }, true);
    else this.publisher.leaveToOthers(realServerId);
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

const idOf = ({ realServerId }: Listener): RealServerId => realServerId;
