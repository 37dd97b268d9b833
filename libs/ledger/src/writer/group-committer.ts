import type { CommitId, LogName } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { WriterFull } from './failures.ts';
import type { FlightLimits } from './flight-size.ts';
import { Flights } from './flights.ts';
import { type CommitListener, FoldedLog, type FoldedLogOptions } from './folded-log.ts';
import { KeptAnswers, type KeyedWish, keyedWish } from './kept-answers.ts';
import { OnePerKey } from './one-per-key.ts';
import type { Rules } from './plan.ts';
import { Trouble } from './trouble.ts';
import type { Answer, Wish } from './wish.ts';

export type WriterLimits = FlightLimits & {
  /** Calls of `submit` under way. */
  readonly callsMax: number;
  /** After failing for this long, callers are told. */
  readonly giveUpMs: number;
  /** How often in a row other writers may be faster before callers are told. */
  readonly lostRacesMax: number;
};

export const writerLimits: WriterLimits = {
  groupMax: 256,
  groupCharactersMax: 4 * 1024 * 1024,
  callsMax: 10_000,
  giveUpMs: 5_000,
  lostRacesMax: 100,
};

export type GroupCommitterOptions<State, Command, Refusal, Extra> = FoldedLogOptions<State> &
  Rules<State, Command, Refusal, Extra> & {
    readonly clock: Clock;
    /** Must never give the same id twice. */
    readonly newCommitId: () => CommitId;
    readonly limits?: Partial<WriterLimits>;
  };

/**
 * Writes one log: takes wishes, decides each on top of those before it, and stores the commits of many in one append.
 *
 * Each append names the tail that it was decided on and is refused when the log ends elsewhere, so several processes may
 * write the same log: the slower one reads what it missed and decides again. While one group is being stored, the next is
 * decided on top of it; nobody is answered, and nobody sees a state, before the log has stored it.
 */
export class GroupCommitter<State, Command, Refusal, Extra> {
  private readonly log: LogName;
  private readonly limits: WriterLimits;
  private readonly folded: FoldedLog<State>;
  private readonly keptAnswers: KeptAnswers<Refusal, Extra>;
  private readonly flights: Flights<State, Command, Refusal, Extra>;
  private readonly onePerKey = new OnePerKey();
  private calls = 0;

  constructor(private readonly options: GroupCommitterOptions<State, Command, Refusal, Extra>) {
    const { log, logPort, clock } = options;
    this.log = log;
    this.limits = { ...writerLimits, ...options.limits };
    const newTrouble = () => new Trouble(log, this.limits.giveUpMs, clock);
    this.folded = new FoldedLog(options, newTrouble());
    this.keptAnswers = new KeptAnswers(log, logPort, newTrouble());
    const { limits } = this;
    this.flights = new Flights(
      { log, logPort, rules: options, clock, limits },
      this.folded,
      this.keptAnswers,
      newTrouble(),
    );
  }

  /** The state after the last commit that is known to be stored. */
  state(): State {
    return this.folded.point.state;
  }

  /** `listener` gets every commit that becomes known, ours and others', once and in order. It must not throw. */
  onAppended(listener: CommitListener): void {
    this.folded.listen(listener);
  }

  /**
   * Reads what others have appended. Call it once before the first `submit`, and at every hint that there is news.
   * Throws `LogUnavailable`, `BrokenLog`, `UnreadableCommit`, and what `evolve` throws at a commit that it cannot fold.
   */
  catchUp(): Promise<void> {
    return this.flights.readNews();
  }

  /**
   * The outcome, once it is on disk, or why not. The same idempotency key, actor and content give the same outcome again;
   * refusals are not kept. Throws `WriterFull`, `LogUnavailable`, `LogContended`, what `catchUp` throws, and what the
   * rules throw at this wish.
   */
  async submit(wish: Wish<Command>): Promise<Answer<Refusal, Extra>> {
    if (this.calls >= this.limits.callsMax) throw new WriterFull(this.log, this.calls);
    this.calls += 1;
    try {
      const keyed = keyedWish(wish, this.options.sha256);
      return await (keyed === undefined ? this.record(wish, keyed) : this.recordOnce(wish, keyed));
    } finally {
      this.calls -= 1;
    }
  }

  private recordOnce(wish: Wish<Command>, keyed: KeyedWish): Promise<Answer<Refusal, Extra>> {
    return this.onePerKey.run(JSON.stringify([keyed.actor, keyed.key]), async () => {
      const earlier = await this.keptAnswers.find(keyed);
      if (earlier !== undefined) return earlier;
      const answer = await this.record(wish, keyed);
      // The wish may be refused because another process has recorded it since we looked.
      return answer.ok ? answer : ((await this.keptAnswers.find(keyed)) ?? answer);
    });
  }

  private record(wish: Wish<Command>, keyed: KeyedWish | undefined): Promise<Answer<Refusal, Extra>> {
    const caller = Promise.withResolvers<Answer<Refusal, Extra>>();
    this.flights.add({ wish, keyed, commitId: this.options.newCommitId(), caller });
    return caller.promise;
  }
}
