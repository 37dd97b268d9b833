import type { VerdictState, Vote } from '@evenkeel/contracts';

/**
 * What the votes make of a target. More than half of those who could ask decide. Without such a majority the last word
 * stands: so one of two neither takes a server out nor brings one back alone. When nobody could ask, nobody knows; when
 * nobody has voted yet, the last word stands.
 */
export const countVotes = (votes: readonly Vote[], last: VerdictState): VerdictState => {
  const opinions = opinionsIn(votes);
  if (opinions.length === 0) return votes.length === 0 ? last : 'unknown';
  const winner = states.find((state) => 2 * opinions.filter((vote) => vote.state === state).length > opinions.length);
  return winner ?? last;
};

/** Whether those who could ask have seen different things. */
export const isSplit = (votes: readonly Vote[]): boolean =>
  new Set(opinionsIn(votes).map(({ state }) => state)).size > 1;

const opinionsIn = (votes: readonly Vote[]): readonly Vote[] => votes.filter(({ isBlind }) => isBlind !== true);

const states: readonly VerdictState[] = ['up', 'down', 'unknown'];
