import type { Cluster } from '@evenkeel/cluster';
import type { RealServerId, RulingVerdicts, VerdictState } from '@evenkeel/contracts';
import type { LastWord } from './last-word.ts';
import { Lease } from './lease.ts';
import { OwnChecks, type OwnChecksParts } from './own-checks.ts';

/** What the checkers have said, as far as this node has heard; before it has heard anything, what it knew last time. */
export type Checkers = {
  /** The same map while no state has changed. */
  states(): ReadonlyMap<RealServerId, VerdictState>;
  word(id: RealServerId): LastWord | undefined;
};

export type StandInOptions = OwnChecksParts & {
  /** The checkers may be silent for so long. */
  readonly leaseMs: number;
  /** They were silent when this node ended: what it knew then rules until they speak. */
  readonly wereSilent: boolean;
};

/** Contract: a report holds at the most so many. */
const overruledMax = 1_000;

/**
 * Whose verdicts a node goes by: those of the checkers, and, when these are silent for longer than the lease, its own
 * until they speak again. Nothing is asked and nothing is copied while they speak.
 */
export class StandIn {
  private readonly lease: Lease;
  private own: OwnChecks | undefined;

  constructor(
    private readonly checkers: Checkers,
    private readonly options: StandInOptions,
  ) {
    const { leaseMs, wereSilent, clock } = options;
    this.lease = new Lease(leaseMs, wereSilent ? -Infinity : clock.monotonicMs());
    if (wereSilent) this.own = this.begin();
  }

  /** A checker's sign of life has just come in; all that it had judged until then is in `checkers`. */
  heard(checker: string, beat: number): void {
    this.lease.hear(checker, beat, this.options.clock.monotonicMs());
    if (!this.isSilent()) this.handBack();
  }

  /** Call about every second: a silence is noticed here, and what the book changes meanwhile. */
  look(cluster: Cluster | undefined): void {
    if (!this.isSilent()) return;
    if (this.own === undefined) {
      this.own = this.begin();
      this.options.onChange();
    }
    if (cluster !== undefined) this.own.want(cluster);
  }

  /** The same map while no state has changed. */
  states(): ReadonlyMap<RealServerId, VerdictState> {
    return (this.own ?? this.checkers).states();
  }

  word(id: RealServerId): LastWord | undefined {
    return (this.own ?? this.checkers).word(id);
  }

  /** For the node's report. */
  ruling(): RulingVerdicts {
    if (this.own === undefined) return { by: 'health' };
    const overruled = this.own.overruled().slice(0, overruledMax);
    return { by: 'own-checks', since: this.own.since, overruled };
  }

  /** Nothing is asked any more. */
  stop(): void {
    this.own?.end();
  }

  private isSilent(): boolean {
    return this.lease.hasRunOut(this.options.clock.monotonicMs());
  }

  private begin(): OwnChecks {
    const { checkers, options } = this;
    const lastWords = [...checkers.states()].map(([id, state]) => [id, { ...checkers.word(id), state }] as const);
    return new OwnChecks(new Map(lastWords), options);
  }

  private handBack(): void {
    if (this.own === undefined) return;
    this.own.end();
    this.own = undefined;
    this.options.onChange();
  }
}
