import { type ApplyMethod } from '@evenkeel/contracts';
import { type Picture } from './picture.ts';

/** One data plane of a node, as the reconciler sees it. One call at a time. */
export interface Engine {
  readonly name: 'haproxy' | 'nftables';
  /**
   * Makes the data plane match `picture`, looks again, and says what it saw. Safe to repeat, and cheap when nothing has
   * changed. A refusal by the data plane is an answer: what ran before runs on. Throws what its door throws.
   */
  converge(picture: Picture): Promise<EngineRound>;
  /** Looks at everything anew, whatever was known, and puts right what somebody else has changed. */
  sweep(picture: Picture): Promise<EngineSweep>;
}

/** What one round of one engine came to. */
export type EngineRound = {
  readonly method: ApplyMethod;
  readonly reloadReasons: readonly string[];
  /** Differences that are still open, in words. */
  readonly waitingFor: readonly string[];
  /** Real servers that left and still have connections, in words. They get no new ones, so nothing waits for them. */
  readonly finishing?: readonly string[];
  /** The rendered text, in pieces where it is long: what has not changed is the same string. */
  readonly configuration: string | readonly string[];
  /** The data plane's own words, when it refused. */
  readonly rejection?: string;
};

/** What a sweep found changed by somebody else and put right, in words, and the round that did it. */
export type EngineSweep = { readonly repairs: readonly string[]; readonly convergence: EngineRound };
