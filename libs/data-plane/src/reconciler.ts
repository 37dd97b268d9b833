import {
  type ApplyMethod,
  type Failing,
  type Hash,
  type NodeReport,
  noRevision,
  type Revision,
} from '@evenkeel/contracts';
import { type Clock } from '@evenkeel/kernel';
import { ApplyRecord } from './apply-record.ts';
import { PiecewiseHash } from './configuration-hash.ts';
import { type Engine, type EngineRound, type EngineSweep } from './engine.ts';
import { FailureRecord, type Outcome, wordsOf } from './failure-record.ts';
import { strongest } from './methods.ts';
import { type Picture } from './picture.ts';

/** The part of a node's report that says what was applied and seen. */
export type Reconciled = Pick<
  NodeReport,
  | 'received'
  | 'observed'
  | 'configurationHash'
  | 'method'
  | 'reloadReasons'
  | 'durationMs'
  | 'waitingFor'
  | 'finishing'
  | 'rejection'
  | 'validated'
  | 'applied'
  | 'failing'
> & {
  /** What the doors threw. The round is worth another try soon, with backoff. */
  readonly failures: readonly unknown[];
};

/** What somebody else had changed in one engine, in words, and what was done about it. */
export type Repair = {
  readonly engine: Engine['name'];
  readonly found: readonly string[];
  readonly done: ApplyMethod;
  /** What could not be put right at once. */
  readonly left: readonly string[];
};

export type Swept = Reconciled & { readonly repairs: readonly Repair[] };

/** Contract: a report holds at the most so many. */
const wordsMax = 50;

/** Makes all data planes of a node match one picture after another. One call at a time. */
export class Reconciler {
  private readonly hash: PiecewiseHash;
  /** Of each engine, as rendered last: an engine that fails still has a configuration. */
  private readonly configurations = new Map<Engine['name'], EngineRound['configuration']>();
  private readonly applied = new ApplyRecord();
  private readonly failing = new FailureRecord();
  private observed: Revision = noRevision;
  private validated: Revision = noRevision;

  /** `hash`: SHA-256. */
  constructor(
    private readonly engines: readonly Engine[],
    private readonly clock: Clock,
    hash: (text: string) => Hash,
  ) {
    this.hash = new PiecewiseHash(hash);
  }

  /** One round, safe to repeat. Never throws what a door throws: one engine's failure must not stop the other. */
  async reconcileOnce(picture: Picture): Promise<Reconciled> {
    return this.timed(picture, (engine) => engine.converge(picture));
  }

  /** The same, after looking at everything anew: finds and repairs drift. */
  async sweep(picture: Picture): Promise<Swept> {
    const sweeps = new Map<Engine['name'], EngineSweep>();
    const reconciled = await this.timed(picture, async (engine) => {
      const sweep = await engine.sweep(picture);
      sweeps.set(engine.name, sweep);
      return sweep.convergence;
    });
    return { ...reconciled, repairs: this.engines.flatMap(({ name }) => repairIn(name, sweeps.get(name)) ?? []) };
  }

  private async timed(picture: Picture, run: (engine: Engine) => Promise<EngineRound>): Promise<Reconciled> {
    const startedAtMs = this.clock.monotonicMs();
    const outcomes = await Promise.all(this.engines.map((engine) => outcomeOf(engine, run)));
    const durationMs = this.clock.monotonicMs() - startedAtMs;
    const reconciled = { ...this.report(picture.cluster.revision, outcomes), durationMs };
    return { ...reconciled, ...this.applied.after(reconciled, this.now()) };
  }

  private report(received: Revision, outcomes: readonly Outcome[]): Omit<Reconciled, 'durationMs'> {
    const rounds = outcomes.flatMap(({ round }) => round ?? []);
    const waitingFor = outcomes.flatMap(waitingForIn);
    const finishing = rounds.flatMap((round) => round.finishing ?? []);
    const failing = this.failing.after(outcomes, this.now());
    const refused = failing.find(({ kind }) => kind === 'refused');
    this.validated = claimAfter(this.validated, received, failing.length === 0);
    this.observed = claimAfter(this.observed, received, waitingFor.length === 0 && refused === undefined);
    return {
      received,
      validated: this.validated,
      observed: this.observed,
      configurationHash: this.hashOf(outcomes),
      method: strongest(rounds.map(({ method }) => method)),
      reloadReasons: rounds.flatMap(({ reloadReasons }) => reloadReasons),
      waitingFor: waitingFor.slice(0, wordsMax),
      ...(finishing.length === 0 ? {} : { finishing: finishing.slice(0, wordsMax) }),
      ...(refused === undefined ? {} : { rejection: rejectionOf(refused, received) }),
      failing,
      failures: outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure.cause])),
    };
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }

  private hashOf(outcomes: readonly Outcome[]): Hash {
    for (const { engine, round } of outcomes) {
      if (round !== undefined) this.configurations.set(engine.name, round.configuration);
    }
    return this.hash.of(this.engines.flatMap(({ name }) => this.configurations.get(name) ?? []));
  }
}

/** A claim to a revision stays until a newer one has it, unless it is for the very one that has lost it. */
const claimAfter = (claimed: Revision, received: Revision, isTrue: boolean): Revision => {
  if (isTrue) return received;
  return claimed === received ? noRevision : claimed;
};

const rejectionOf = ({ engine, words, since }: Failing, revision: Revision): NodeReport['rejection'] => ({
  engine,
  revision,
  words,
  since,
});

const repairIn = (engine: Engine['name'], sweep: EngineSweep | undefined): Repair | undefined => {
  if (sweep === undefined || sweep.repairs.length === 0) return undefined;
  const { method, rejection, waitingFor } = sweep.convergence;
  const left = rejection === undefined ? waitingFor : [...waitingFor, rejection];
  return { engine, found: sweep.repairs, done: method, left };
};

const outcomeOf = async (engine: Engine, run: (engine: Engine) => Promise<EngineRound>): Promise<Outcome> => {
  try {
    return { engine, round: await run(engine) };
  } catch (cause) {
    return { engine, failure: { cause } };
  }
};

const waitingForIn = ({ engine, round, failure }: Outcome): readonly string[] =>
  failure === undefined ? (round?.waitingFor ?? []) : [`${engine.name}: ${wordsOf(failure.cause)}`];
