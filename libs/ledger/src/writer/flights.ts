import type { LogName, SealedCommit } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
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

/**
 * Takes submissions to the log, one flight of them at a time: plan, send, answer. Its fields are the stages of that way.
 * Where the log turns out to end elsewhere than planned, everything that is not answered goes back to the start, in order.
 */
export class Flights<State, Command, Refusal, Extra> {
  private waiting: Submission<Command, Refusal, Extra>[] = [];
  /** Decided on top of `flight`. */
  private ready: Plan<State, Command, Refusal, Extra>[] = [];
  /** On the way to the log; decided on top of what is folded. */
  private flight: readonly Plan<State, Command, Refusal, Extra>[] = [];
  /** Stored, and not answered yet. */
  private landed: readonly Plan<State, Command, Refusal, Extra>[] = [];

  private readonly inDoubt = new InDoubt<State, Command, Refusal, Extra>();
  private news: PromiseWithResolvers<void> | undefined;
  private willTurn = false;
  private isWriting = false;
  private isReading = false;
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
      if (!this.isReading) this.planWaiting();
      if (!this.isWriting) void this.write();
    });
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.news !== undefined || this.ready.length > 0 || this.waiting.length > 0) {
      if (this.news !== undefined) await this.takeNews(this.news);
      await this.fly(); // also after news: those of a busy neighbour never end
    }
    this.isWriting = false;
    this.answerLanded();
  }

  private async fly(): Promise<void> {
    if (this.ready.length === 0) this.planWaiting();
    this.flight = this.ready.splice(0, flightSize(this.ready, this.options.limits));
    if (this.flight.length === 0) return;
    const sent = this.send();
    this.answerLanded(); // only now, so that the log does not wait for our callers
    const arrival = await sent;
    if (arrival === 'appended') this.land();
    else await this.startAgain(arrival);
  }

  private planWaiting(): void {
    const { rules, clock, limits } = this.options;
    for (const submission of this.waiting.splice(0, Math.max(0, limits.groupMax - this.ready.length))) {
      if (this.inDoubt.isAnswered(submission)) continue;
      const point = (this.ready.at(-1) ?? this.flight.at(-1))?.after ?? this.folded.point;
      try {
        this.ready.push(planOn(point, submission, rules, clock.nowMs()));
      } catch (bug) {
        submission.caller.reject(bug); // in the rules, with this wish: the others go on
      }
    }
  }

  private async send(): Promise<Arrival> {
    const { log, logPort } = this.options;
    const { tail } = this.folded.point;
    const sealed = sealedOf(this.flight);
    const kept = this.flight.flatMap((plan) => plan.kept ?? []);
    try {
      if (sealed.length > 0 || kept.length > 0) return await logPort.append(tail, sealed, kept);
      // A flight of refusals stores nothing. They still may only be answered if they were decided on the log's true end.
      return (await logPort.head(log)).hash === tail.hash ? 'appended' : 'moved';
    } catch (failure) {
      return { failure };
    }
  }

  private land(): void {
    this.trouble.over();
    this.lostRaces = 0;
    this.landed = this.flight;
    this.flight = [];
    for (const { submission } of this.landed) this.inDoubt.remove(submission);
    const last = this.landed.at(-1);
    if (last !== undefined) this.folded.advance(last.after, sealedOf(this.landed));
  }

  private answerLanded(): void {
    for (const { submission, answer } of this.landed) submission.caller.resolve(answer);
    this.landed = [];
  }

  private async startAgain(arrival: Exclude<Arrival, 'appended'>): Promise<void> {
    const lost = this.flight;
    this.unplan();
    try {
      await this.whileReading(async () => {
        if (typeof arrival === 'object') await this.sitOut(arrival.failure, lost);
        else this.countLostRace();
        await this.folded.catchUp();
        if (arrival === 'duplicate-key') await this.settleKept(lost);
      });
    } catch (failure) {
      this.failAll(failure);
    }
  }

  private async takeNews(news: PromiseWithResolvers<void>): Promise<void> {
    this.news = undefined; // a call from now on may be about something newer
    this.answerLanded();
    const { point } = this.folded;
    await this.whileReading(() => this.folded.catchUp()).then(news.resolve, news.reject);
    if (this.folded.point !== point) this.unplan();
  }

  /** Nothing is decided meanwhile: it would be on top of what is old. */
  private async whileReading(work: () => Promise<void>): Promise<void> {
    this.isReading = true;
    try {
      await work();
    } finally {
      this.isReading = false;
    }
  }

  private unplan(): void {
    const undone = [...this.flight, ...this.ready].map(({ submission }) => submission);
    this.flight = [];
    this.ready = [];
    this.waiting = [...undone, ...this.waiting];
  }

  private async sitOut(failure: unknown, lost: readonly Plan<State, Command, Refusal, Extra>[]): Promise<void> {
    // The statement may still be on its way inside the server. It can only ever store what continues the old tail, so
    // deciding again is safe: one of the two is refused, and the commit ids say which.
    const stored = failure instanceof NotAppended ? [] : lost.filter(({ sealed }) => sealed !== undefined);
    for (const plan of stored) this.inDoubt.add(plan);
    await this.trouble.failed(failure);
  }

  private countLostRace(): void {
    this.lostRaces += 1;
    const { log, limits } = this.options;
    if (this.lostRaces > limits.lostRacesMax) throw new LogContended(log, this.lostRaces);
  }

  private async settleKept(lost: readonly Plan<State, Command, Refusal, Extra>[]): Promise<void> {
    for (const { submission } of lost) {
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
