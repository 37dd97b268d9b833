import type { Commit, CommitDraft, CommitId, SealedCommit } from '@evenkeel/contracts';
import { accept, type Result } from '@evenkeel/kernel';
import { seal, type Sha256, tailAfter } from '../seal.ts';
import type { KeptAnswer } from './commit-log-port.ts';
import type { Evolve, Point } from './folded-log.ts';
import type { KeyedWish } from './kept-answers.ts';
import type { Answer, Decision, Outcome, Wish } from './wish.ts';

/** A wish on its way, with its caller. */
export type Submission<Command, Refusal, Extra> = {
  readonly wish: Wish<Command>;
  /** Made once and kept through every attempt: wherever it turns up in the log, the wish is recorded. */
  readonly commitId: CommitId;
  readonly keyed: KeyedWish | undefined;
  readonly caller: PromiseWithResolvers<Answer<Refusal, Extra>>;
};

/** What a wish comes to on top of a point, if the log still ends there. */
export type Plan<State, Command, Refusal, Extra> = {
  readonly submission: Submission<Command, Refusal, Extra>;
  readonly answer: Answer<Refusal, Extra>;
  /** Undefined for a refusal, and when nothing has to change. */
  readonly sealed: SealedCommit | undefined;
  readonly kept: KeptAnswer | undefined;
  readonly after: Point<State>;
};

export type Rules<State, Command, Refusal, Extra> = {
  readonly decide: (state: State, wish: Wish<Command>) => Result<Decision<State, Extra>, Refusal>;
  readonly evolve: Evolve<State>;
  readonly sha256: Sha256;
};

/** Decides a wish on top of `point`, seals its commit and folds it. Throws what the rules throw. `now`: ISO 8601. */
export const planOn = <State, Command, Refusal, Extra>(
  point: Point<State>,
  submission: Submission<Command, Refusal, Extra>,
  { decide, evolve, sha256 }: Rules<State, Command, Refusal, Extra>,
  now: string,
): Plan<State, Command, Refusal, Extra> => {
  const decision = decide(point.state, submission.wish);
  if (!decision.ok) return { submission, answer: decision, sealed: undefined, kept: undefined, after: point };
  const { events, entities, extra } = decision.value;
  const told = (after: Point<State>, outcome: Omit<Outcome<Extra>, 'extra' | 'events'>, sealed?: SealedCommit) => {
    const value = { ...outcome, events, extra: extra(after.state) };
    return { submission, answer: accept(value), sealed, kept: kept(submission.keyed, value), after };
  };
  if (events.length === 0) return told(point, { revision: point.tail.revision, changed: false });

  const time = now > point.time ? now : point.time; // a clock that was set back must not date a commit before its elder
  const sealed = seal(draftOf(submission, events, entities, time), point.tail, sha256);
  const { commit, hash } = sealed;
  const after = { state: evolve(point.state, commit, hash), tail: tailAfter(sealed), time };
  return told(after, { revision: commit.revision, commitId: commit.commitId, changed: true }, sealed);
};

const draftOf = (
  { wish: { actor, reason, ticket, traceId }, commitId }: Pick<Submission<unknown, never, never>, 'wish' | 'commitId'>,
  events: Readonly<Commit['events']>,
  entities: readonly string[],
  time: string,
): CommitDraft => ({
  commitId,
  time,
  actor,
  ...(reason !== undefined && { reason }),
  ...(ticket !== undefined && { ticket }),
  ...(traceId !== undefined && { traceId }),
  events: [...events],
  entities: [...entities],
});

const kept = (keyed: KeyedWish | undefined, outcome: Outcome<unknown>): KeptAnswer | undefined =>
  keyed && { ...keyed, answer: JSON.stringify(outcome) };
