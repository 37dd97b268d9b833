import { type Failing } from '@evenkeel/contracts';
import { type Engine, type EngineRound } from './engine.ts';

/** What one engine made of a round. */
export type Outcome = {
  readonly engine: Pick<Engine, 'name'>;
  readonly round?: EngineRound;
  readonly failure?: { readonly cause: unknown };
};

/** Contract: a report holds so much of what an engine says. */
const wordsMax = 8_192;

/** Which engines fail, and since when. */
export class FailureRecord {
  private failing: readonly Failing[] = [];

  after(outcomes: readonly Outcome[], now: string): Failing[] {
    const failing = outcomes.flatMap((outcome) => {
      const { engine, kind, words } = failureIn(outcome) ?? {};
      if (engine === undefined || kind === undefined || words === undefined) return [];
      const before = this.failing.find((one) => one.engine === engine && one.kind === kind);
      return [{ engine, kind, words: words.slice(0, wordsMax), since: before?.since ?? now }];
    });
    this.failing = failing;
    return failing;
  }
}

export const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const failureIn = ({ engine, round, failure }: Outcome): Omit<Failing, 'since'> | undefined => {
  if (failure !== undefined) return { engine: engine.name, kind: 'unreachable', words: wordsOf(failure.cause) };
  if (round?.rejection === undefined) return undefined;
  return { engine: engine.name, kind: 'refused', words: round.rejection };
};
