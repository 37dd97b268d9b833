import type { CouncilWord, Vote } from '@evenkeel/contracts';
import type { TargetVerdict } from '../target-verdict.ts';
import type { JointVerdict } from './judge-together.ts';

/** What is said of a target, and whether we are the one to say it. */
export type Judgement = { readonly verdict: JointVerdict; readonly isOurs: boolean };

/** The other checkers, as a prober needs them. Targets are named by the keys of their checks. */
export type Colleagues = {
  begin(prober: ProberSide): void;
  /** Whether we ask this target. */
  asks(target: string): boolean;
  /** Whether we are the one who puts what is said of it into the store. */
  speaksFor(target: string): boolean;
  /** What all make of a target, of which we have judged `own` and vote like this. Without a vote we abstain. */
  judge(target: string, own: TargetVerdict, vote: Vote | undefined): Judgement;
  /** What was said of a target last, here or by another. */
  wordOn(target: string): CouncilWord | undefined;
  /** We do not ask it any more. */
  abstain(target: string): void;
  /** The others are gone from the book. */
  keepOnly(isWanted: (target: string) => boolean): void;
  /** Whether what we say counts everybody's vote. */
  canVouch(): boolean;
  /** The store did not take what we said: perhaps nobody hears us. */
  doubt(): void;
};

/** The other way. */
export type ProberSide = {
  /** Whether our own votes can be relied on. */
  isSettled(): boolean;
  /** Another checker has said this of a target, and put it where it belongs: when we speak next, it is no news. */
  hear(target: string, word: CouncilWord): void;
  /** Another vote or word on this target. */
  recount(target: string): void;
  /** Others ask and speak than before. */
  reseat(): void;
};

/** Nobody else checks. */
export const alone: Colleagues = {
  begin: () => undefined,
  asks: () => true,
  speaksFor: () => true,
  judge: (_target, verdict) => ({ verdict, isOurs: true }),
  wordOn: () => undefined,
  abstain: () => undefined,
  keepOnly: () => undefined,
  canVouch: () => true,
  doubt: () => undefined,
};
