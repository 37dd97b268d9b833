import type { VerdictState, Vote } from '@evenkeel/contracts';

/** A vote as it is counted. */
export type Counted = {
  readonly vote: Vote;
  /** Of a checker that is not there any more. */
  readonly isGone: boolean;
};

/**
 * What the votes make of a target. More than half of those who could ask decide. Without such a majority the last word
 * stands: so one of two neither takes a server out nor brings one back alone. What only those say who are gone changes
 * nothing either: they cannot have seen what came after. When nobody could ask, nobody knows; when nobody has voted yet, the
 * last word stands.
 */
export const countVotes = (counted: readonly Counted[], last: VerdictState): VerdictState => {
  const opinions = counted.filter(({ vote }) => vote.isBlind !== true);
  if (opinions.length === 0) return counted.some(({ isGone }) => !isGone) ? 'unknown' : last;
  const agreeing = (state: VerdictState) => opinions.filter(({ vote }) => vote.state === state);
  const winner = states.find((state) => 2 * agreeing(state).length > opinions.length);
  return winner !== undefined && agreeing(winner).some(({ isGone }) => !isGone) ? winner : last;
};

/** Whether those who could ask have seen different things. */
export const isSplit = (votes: readonly Vote[]): boolean =>
  new Set(opinionsIn(votes).map(({ state }) => state)).size > 1;

const opinionsIn = (votes: readonly Vote[]): readonly Vote[] => votes.filter(({ isBlind }) => isBlind !== true);

const states: readonly VerdictState[] = ['up', 'down', 'unknown'];
