import { type ApplyMethod, type Hash, type NodeReport, noRevision, type Revision } from '@evenkeel/contracts';
import { type Clock } from '@evenkeel/kernel';
import { PiecewiseHash } from './configuration-hash.ts';
import { type Engine, type EngineRound, type EngineSweep } from './engine.ts';
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
> & {
  /** What the doors threw. The round is worth another try soon, with backoff. */
  readonly failures: readonly unknown[];
};

export type Swept = Reconciled & {
  /** What somebody else had changed and was put right, in words: one journal entry each. */
  readonly repairs: readonly string[];
};

/** Contract: a report holds at the most so many. */
const wordsMax = 50;
const rejectionWordsMax = 8_192;

/** Makes all data planes of a node match one picture after another. One call at a time. */
export class Reconciler {
  private readonly hash: PiecewiseHash;
  /** Of each engine, as rendered last: an engine that fails still has a configuration. */
  private readonly configurations = new Map<Engine['name'], EngineRound['configuration']>();
  private observed: Revision = noRevision;
  private rejectedSince: string | undefined;

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
    const sweeps: EngineSweep[] = [];
    const reconciled = await this.timed(picture, async (engine) => {
      const sweep = await engine.sweep(picture);
      sweeps.push(sweep);
      return sweep.convergence;
    });
    return { ...reconciled, repairs: sweeps.flatMap(({ repairs }) => repairs) };
  }

  private async timed(picture: Picture, run: (engine: Engine) => Promise<EngineRound>): Promise<Reconciled> {
    const startedAtMs = this.clock.monotonicMs();
    const outcomes = await Promise.all(this.engines.map((engine) => outcomeOf(engine, run)));
    const durationMs = this.clock.monotonicMs() - startedAtMs;
    return { ...this.report(picture.cluster.revision, outcomes), durationMs };
  }

  private report(received: Revision, outcomes: readonly Outcome[]): Omit<Reconciled, 'durationMs'> {
    const rounds = outcomes.flatMap(({ round }) => round ?? []);
    const waitingFor = outcomes.flatMap(waitingForIn);
    const finishing = rounds.flatMap((round) => round.finishing ?? []);
    const rejection = this.rejectionIn(received, outcomes);
    this.observed = this.observedAfter(received, waitingFor.length === 0 && rejection === undefined);
    return {
      received,
      observed: this.observed,
      configurationHash: this.hashOf(outcomes),
      method: strongest(rounds.map(({ method }) => method)),
      reloadReasons: rounds.flatMap(({ reloadReasons }) => reloadReasons),
      waitingFor: waitingFor.slice(0, wordsMax),
      ...(finishing.length === 0 ? {} : { finishing: finishing.slice(0, wordsMax) }),
      ...(rejection === undefined ? {} : { rejection }),
      failures: outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure.cause])),
    };
  }

  /** What was seen running keeps its claim until something newer is, unless it is itself what does not run any more. */
  private observedAfter(received: Revision, isRunning: boolean): Revision {
    if (isRunning) return received;
    return this.observed === received ? noRevision : this.observed;
  }

  private rejectionIn(revision: Revision, outcomes: readonly Outcome[]): NodeReport['rejection'] {
    const refused = outcomes.find(({ round }) => round?.rejection !== undefined);
    if (refused?.round?.rejection === undefined) {
      this.rejectedSince = undefined;
      return undefined;
    }
    this.rejectedSince ??= new Date(this.clock.nowMs()).toISOString();
    const words = refused.round.rejection.slice(0, rejectionWordsMax);
    return { engine: refused.engine.name, revision, words, since: this.rejectedSince };
  }

  private hashOf(outcomes: readonly Outcome[]): Hash {
    for (const { engine, round } of outcomes) {
      if (round !== undefined) this.configurations.set(engine.name, round.configuration);
    }
    return this.hash.of(this.engines.flatMap(({ name }) => this.configurations.get(name) ?? []));
  }
}

type Outcome = {
  readonly engine: Engine;
  readonly round?: EngineRound;
  readonly failure?: { readonly cause: unknown };
};

const outcomeOf = async (engine: Engine, run: (engine: Engine) => Promise<EngineRound>): Promise<Outcome> => {
  try {
    return { engine, round: await run(engine) };
  } catch (cause) {
    return { engine, failure: { cause } };
  }
};

const waitingForIn = ({ engine, round, failure }: Outcome): readonly string[] => {
  if (failure === undefined) return round?.waitingFor ?? [];
  return [`${engine.name}: ${failure.cause instanceof Error ? failure.cause.message : String(failure.cause)}`];
};

/** Of several methods the one that a client may notice most. */
const strongest = (methods: readonly ApplyMethod[]): ApplyMethod =>
  (['start', 'reload', 'runtime'] as const).find((method) => methods.includes(method)) ?? 'none';
