import type { CheckerVote, CouncilWord, Vote } from '@evenkeel/contracts';
import { cameBack, returnAfter, withoutReturn } from '../return.ts';
import type { TargetVerdict } from '../target-verdict.ts';
import { type Counted, countVotes, isSplit } from './count-votes.ts';

/** A vote, and whose it is. Sorted by name, ours among them. */
export type Voter = Counted & { readonly checker: string; readonly isOurs: boolean };

/** A target's verdict with what was counted for it. */
export type JointVerdict = TargetVerdict & { readonly votes?: readonly CheckerVote[] };

const detailMax = 512;
const votesMax = 32;

/**
 * What all votes make of a target, for the one who speaks. `own` is what this checker has judged for itself: the evidence is
 * its. As long as nobody else has voted that is all there is to say, but what we have not seen ourselves changes no word.
 */
export const judgeTogether = (
  own: TargetVerdict,
  voters: readonly Voter[],
  before: CouncilWord | undefined,
  now: string,
): JointVerdict => {
  if (voters.every(({ isOurs }) => isOurs)) {
    return voters.length === 0 && before !== undefined && before.state !== own.state ? asBefore(own, before) : own;
  }
  const last = before ?? own;
  const votes = voters.map(({ vote }) => vote);
  const state = countVotes(voters, last.state);
  const { reason, detail } = because(state, voters) ?? last;
  const since = state === last.state ? last.since : now;
  const said = isSplit(votes) ? `the checkers disagree: ${voters.map(inWords).join(', ')}; ${detail}` : detail;
  return {
    ...withoutReturn(own),
    state,
    since,
    ...returnAfter(last, { state, since }),
    reason,
    detail: said.slice(0, detailMax),
    ...(voters.length > 1 ? shown(voters) : {}),
  };
};

/** What others have said, with our evidence. */
export const asBefore = (
  own: TargetVerdict,
  { state, reason, detail, since, backSince }: CouncilWord,
): TargetVerdict => ({ ...withoutReturn(own), state, reason, detail, since, ...cameBack(backSince) });

/** Why it is so: what we saw ourselves, else what the first who agrees saw. */
const because = (state: Vote['state'], voters: readonly Voter[]): Pick<Vote, 'reason' | 'detail'> | undefined => {
  const agreeing = voters.filter(({ vote }) => vote.state === state);
  const seeing = agreeing.filter(({ vote }) => vote.isBlind !== true);
  return [...seeing, ...agreeing].toSorted((one, other) => Number(other.isOurs) - Number(one.isOurs))[0]?.vote;
};

const inWords = ({ checker, vote }: Voter): string =>
  vote.isBlind === true ? `${checker} cannot ask` : `${checker} says ${vote.state} (${vote.reason})`;

const shown = (voters: readonly Voter[]): { readonly votes: readonly CheckerVote[] } => ({
  votes: voters.slice(0, votesMax).map(({ checker, vote }) => ({ checker, ...vote })),
});
