import type { CommandRequest, Commit, CommitId, Revision } from '@evenkeel/contracts';
import type { Result } from '@evenkeel/kernel';

/** A command with everything that the log wants to know about it. */
export type Wish<Command> = Omit<CommandRequest, 'command'> & { readonly command: Command };

type Events = Commit['events'];

/** What a rule makes of a wish. No events: it is true already. */
export type Decision<State, Extra> = {
  readonly events: Readonly<Events>;
  /** Ids of all things that the events touch, sorted. */
  readonly entities: readonly string[];
  /** What the caller wants to be told besides, seen from the state after the events. Kept with the answer, as JSON. */
  readonly extra: (after: State) => Extra;
};

export type Outcome<Extra> = {
  /** The revision that holds the wish; the present one when nothing had to change. */
  readonly revision: Revision;
  /** Undefined when nothing had to change. */
  readonly commitId?: CommitId;
  readonly changed: boolean;
  readonly events: Readonly<Events>;
  readonly extra: Extra;
};

/** The key was used before by the same actor, for something else. */
export type KeyReused = { readonly kind: 'idempotency-key-reused'; readonly key: string };

export type Answer<Refusal, Extra> = Result<Outcome<Extra>, Refusal | KeyReused>;
