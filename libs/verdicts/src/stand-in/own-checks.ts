import type { Cluster } from '@evenkeel/cluster';
import type { OverruledVerdict, RealServerId, Verdict, VerdictState } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import type { Probe, VerdictStore } from '../prober/ports.ts';
import { Prober } from '../prober/prober.ts';
import type { LastWord, LastWords } from './last-word.ts';
import { ownChecksOf } from './own-checks-of.ts';
import { rulingWord } from './ruling-word.ts';

export type OwnChecksParts = {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onFailure: (failure: unknown) => void;
  /** Another state rules. */
  readonly onChange: () => void;
};

/** Name of these checks; nobody else reads it. */
const checker = 'own-checks';
/** Each holds a file handle of the worker. */
const probesMax = 1_000;
/** Evidence is for people, who read that of the checkers. */
const refreshMs = 3_600_000;

/** One silence of the checkers: from the last words on, a node's own checks rule. */
export class OwnChecks {
  /** Wall clock, for the record. */
  readonly since: string;
  private readonly own = new Map<RealServerId, Verdict>();
  private readonly prober: Prober;
  private cluster: Cluster | undefined;
  private ruling: ReadonlyMap<RealServerId, VerdictState> | undefined;

  constructor(
    private readonly lastWords: LastWords,
    private readonly parts: OwnChecksParts,
  ) {
    const { probe, clock, random, onFailure } = parts;
    this.since = new Date(clock.nowMs()).toISOString();
    this.prober = new Prober(probe, this.store(), { checker, probesMax, refreshMs, onFailure }, clock, random);
    void this.prober.run();
  }

  /** From now on, ask for what this cluster wants. The same cluster again costs nothing. */
  want(cluster: Cluster): void {
    if (this.cluster === cluster) return;
    this.cluster = cluster;
    this.prober.adopt(this.stillDown(), new Map([[checker, this.parts.clock.nowMs()]]));
    this.prober.want(ownChecksOf(cluster, this.lastWords));
  }

  end(): void {
    this.prober.stop();
  }

  word(id: RealServerId): LastWord | undefined {
    return rulingWord(this.lastWords.get(id), this.own.get(id));
  }

  /** Another map whenever a state has changed. */
  states(): ReadonlyMap<RealServerId, VerdictState> {
    return (this.ruling ??= this.ruled());
  }

  /** Where our own checks say otherwise than the last words. */
  overruled(): readonly OverruledVerdict[] {
    return [...this.own.values()].flatMap(({ realServerId, since }) => {
      const [before, now] = [this.lastWords.get(realServerId)?.state ?? 'unknown', this.word(realServerId)?.state];
      return now === undefined || now === before ? [] : { realServerId, state: now, since };
    });
  }

  private ruled(): ReadonlyMap<RealServerId, VerdictState> {
    const states = new Map([...this.lastWords].map(([id, { state }]) => [id, state]));
    for (const id of this.own.keys()) {
      const word = this.word(id);
      if (word !== undefined) states.set(id, word.state);
    }
    return states;
  }

  private store(): VerdictStore {
    const replace = (id: RealServerId, verdict: Verdict | undefined): Promise<void> => {
      const before = this.word(id)?.state;
      if (verdict === undefined) this.own.delete(id);
      else this.own.set(id, verdict);
      if (this.word(id)?.state !== before) this.changed();
      return Promise.resolve();
    };
    return {
      put: (verdict) => replace(verdict.realServerId, verdict),
      delete: (id) => replace(id, undefined),
      beat: () => Promise.resolve(),
    };
  }

  private changed(): void {
    this.ruling = undefined;
    this.parts.onChange();
  }

  /** A server that was down has to rise, also one that we have begun to ask only now, because its check was changed. */
  private stillDown(): readonly Verdict[] {
    const said = { reason: 'never-checked', detail: 'down when the checkers fell silent', checker } as const;
    const common = { ...said, since: this.since, evidence: [] };
    return [...this.lastWords].flatMap(([realServerId, { state }]) =>
      state === 'down' && !this.own.has(realServerId) ? { realServerId, state, ...common } : [],
    );
  }
}
