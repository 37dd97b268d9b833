import type { LogName, SealedCommit } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import type { Tail } from '../tail.ts';
import { type Appended, type CommitLogPort, NotAppended } from './commit-log-port.ts';
import { LogContended, LogUnavailable } from './failures.ts';
import { type FlightLimits, flightSize } from './flight-size.ts';
import type { FoldedLog } from './folded-log.ts';
import { InDoubt } from './in-doubt.ts';
import type { KeptAnswers } from './kept-answers.ts';
import { type Plan, planOn, type Rules, type Submission } from './plan.ts';
import type { Trouble } from './trouble.ts';

type FlightsOptions<State, Command, Refusal, Extra> = {
  readonly log: LogName;
  readonly logPort: CommitLogPort;
  readonly rules: Rules<State, Command, Refusal, Extra>;
  readonly clock: Clock;
  readonly limits: FlightLimits & {
    /** How often in a row other writers may be faster before callers are told. */
    readonly lostRacesMax: number;
  };
};

/** What became of a flight: the log's word, or the failure that came instead. */
type Arrival = Appended | { readonly failure: unknown };

type Flight<State, Command, Refusal, Extra> = {
  readonly plans: readonly Plan<State, Command, Refusal, Extra>[];
  /** Never rejects. */
  readonly arrival: Promise<Arrival>;
};

/** While the log flushes one flight to disk, the next is there already. More would only wait in line. */
const inAirMax = 2;

/**
 * Takes submissions to the log: plan, send, answer. Its fields are the stages of that way. Where the log turns out to end
 * elsewhere than planned, everything that is not answered goes back to the start, in order.
 */
export class Flights<State, Command, Refusal, Extra> {
  private waiting: Submission<Command, Refusal, Extra>[] = [];
  /** Decided, each on top of the one before it. */
  private ready: Plan<State, Command, Refusal, Extra>[] = [];
  /** On the way to the log, oldest first. The first was decided on top of what is folded. */
  private inAir: Flight<State, Command, Refusal, Extra>[] = [];

  private readonly inDoubt = new InDoubt<State, Command, Refusal, Extra>();
  private news: PromiseWithResolvers<void> | undefined;
  private willTurn = false;
  private isWriting = false;
  private isOnGround = false;
  private lostRaces = 0;

  constructor(
    private readonly options: FlightsOptions<State, Command, Refusal, Extra>,
    private readonly folded: FoldedLog<State>,
    private readonly keptAnswers: KeptAnswers<Refusal, Extra>,
    private readonly trouble: Trouble,
  ) {
    folded.listen((sealed) => this.inDoubt.find(sealed));
  }

  add(submission: Submission<Command, Refusal, Extra>): void {
    this.waiting.push(submission);
    this.turnSoon();
  }

  /** Resolves when everything that was in the log at the time of this call is folded. */
  readNews(): Promise<void> {
    this.news ??= Promise.withResolvers<void>();
    this.turnSoon();
    return this.news.promise;
  }

  /** Not at once: what is submitted in one turn of the event loop travels together. */
  private turnSoon(): void {
    if (this.willTurn) return;
    this.willTurn = true;
    void Promise.resolve().then(() => {
      this.willTurn = false;
      if (this.news === undefined && !this.isOnGround) this.launch();
      if (!this.isWriting) void this.write();
    });
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.news !== undefined || this.inAir.length + this.ready.length + this.waiting.length > 0) {
      if (this.inAir.length === 0) {
        if (this.news !== undefined) await this.takeNews(this.news);
        this.launch(); // also when there is news again: those of a busy neighbour never end
      }
      const [first] = this.inAir;
      if (first !== undefined) await this.meet(first);
    }
    this.isWriting = false;
  }

  private launch(): void {
    this.planWaiting();
    while (this.inAir.length < inAirMax && this.ready.length > 0) {
      const { tail } = this.lastInAir()?.after ?? this.folded.point;
      const plans = this.ready.splice(0, flightSize(this.ready, this.options.limits));
      this.inAir.push({ plans, arrival: this.send(plans, tail) });
    }
  }

  private planWaiting(): void {
    const { rules, clock, limits } = this.options;
    const now = new Date(clock.nowMs()).toISOString();
    for (const submission of this.waiting.splice(0, Math.max(0, limits.groupMax - this.ready.length))) {
      if (this.inDoubt.isAnswered(submission)) continue;
      const point = (this.ready.at(-1) ?? this.lastInAir())?.after ?? this.folded.point;
      try {
        this.ready.push(planOn(point, submission, rules, now));
      } catch (bug) {
        submission.caller.reject(bug); // in the rules, with this wish: the others go on
      }
    }
  }

  private lastInAir(): Plan<State, Command, Refusal, Extra> | undefined {
    return this.inAir.at(-1)?.plans.at(-1);
  }

  private async send(plans: readonly Plan<State, Command, Refusal, Extra>[], tail: Tail): Promise<Arrival> {
    const { log, logPort } = this.options;
    const before = this.inAir.at(-1);
    const sealed = sealedOf(plans);
    const kept = plans.flatMap((plan) => plan.kept ?? []);
    try {
      if (sealed.length > 0 || kept.length > 0) return await logPort.append(tail, sealed, kept);
      // A flight of refusals stores nothing. They still may only be answered if they were decided on the log's true end:
      // what the flight before them makes it, or what it is now.
      if (before !== undefined) return (await before.arrival) === 'appended' ? 'appended' : 'moved';
      return (await logPort.head(log)).hash === tail.hash ? 'appended' : 'moved';
    } catch (failure) {
      return { failure };
    }
  }

  private async meet({ plans, arrival }: Flight<State, Command, Refusal, Extra>): Promise<void> {
    if ((await arrival) !== 'appended') return this.startAgain();
    this.trouble.over();
    this.lostRaces = 0;
    this.inAir.shift();
    for (const { submission } of plans) this.inDoubt.remove(submission);
    const last = plans.at(-1);
    if (last !== undefined) this.folded.advance(last.after, sealedOf(plans));
    if (this.news === undefined) this.launch(); // first, so that the log does not wait for our callers
    for (const { submission, answer } of plans) submission.caller.resolve(answer);
  }

  /** The first flight did not arrive as planned, so whatever follows it did not either. */
  private async startAgain(): Promise<void> {
    try {
      await this.whileOnGround(async () => {
        const lost = this.inAir;
        const arrivals = await Promise.all(lost.map(({ arrival }) => arrival));
        lost.forEach(({ plans }, index) => this.noteDoubt(plans, arrivals[index]!));
        this.unplan();
        const failed = arrivals.find((arrival) => typeof arrival === 'object');
        if (failed === undefined) this.countLostRace();
        else await this.trouble.failed(failed.failure);
        await this.folded.catchUp();
        const keyed = lost.filter((_, index) => arrivals[index] === 'duplicate-key');
        await this.settleKept(keyed.flatMap(({ plans }) => plans));
      });
    } catch (failure) {
      this.failAll(failure);
    }
  }

  /**
   * A statement without an answer may still be on its way inside the server. It can only ever store what continues the old
   * tail, so deciding again is safe: one of the two is refused, and the commit ids say which.
   */
  private noteDoubt(plans: readonly Plan<State, Command, Refusal, Extra>[], arrival: Arrival): void {
    const isOpen = arrival === 'appended' || (typeof arrival === 'object' && !(arrival.failure instanceof NotAppended));
    for (const plan of isOpen ? plans : []) if (plan.sealed !== undefined) this.inDoubt.add(plan);
  }

  private async takeNews(news: PromiseWithResolvers<void>): Promise<void> {
    this.news = undefined; // a call from now on may be about something newer
    const { point } = this.folded;
    await this.whileOnGround(() => this.folded.catchUp()).then(news.resolve, news.reject);
    if (this.folded.point !== point) this.unplan();
  }

  /** Nothing is decided and nothing takes off meanwhile: it would be on top of what is old. */
  private async whileOnGround(work: () => Promise<void>): Promise<void> {
    this.isOnGround = true;
    try {
      await work();
    } finally {
      this.isOnGround = false;
    }
  }

  private unplan(): void {
    const plans = [...this.inAir.flatMap((flight) => flight.plans), ...this.ready];
    this.inAir = [];
    this.ready = [];
    this.waiting = [...plans.map(({ submission }) => submission), ...this.waiting];
  }

  private countLostRace(): void {
    this.lostRaces += 1;
    const { log, limits } = this.options;
    if (this.lostRaces > limits.lostRacesMax) throw new LogContended(log, this.lostRaces);
  }

  private async settleKept(plans: readonly Plan<State, Command, Refusal, Extra>[]): Promise<void> {
    for (const { submission } of plans) {
      const answer = submission.keyed && (await this.keptAnswers.find(submission.keyed));
      if (answer !== undefined) this.inDoubt.answer(submission, answer);
    }
  }

  private failAll(failure: unknown): void {
    this.lostRaces = 0;
    for (const submission of this.waiting.splice(0)) {
      const wasInDoubt = this.inDoubt.remove(submission);
      submission.caller.reject(
        wasInDoubt ? new LogUnavailable(this.options.log, forMs(failure), true, failure) : failure,
      );
    }
  }
}

const sealedOf = (plans: readonly { readonly sealed: SealedCommit | undefined }[]): SealedCommit[] =>
  plans.flatMap(({ sealed }) => sealed ?? []);

const forMs = (failure: unknown): number => (failure instanceof LogUnavailable ? failure.forMs : 0);
