import type { RealServerId, Verdict, VerdictReason, VerdictState } from '@evenkeel/contracts';
import { cameBack } from '../return.ts';

/** The last that is known of one real server. Without a reason nobody knows how deep the check had looked. */
export type LastWord = {
  readonly state: VerdictState;
  readonly reason?: VerdictReason | undefined;
  /** When it was last seen to come back from `down`. */
  readonly backSince?: string | undefined;
};
export type LastWords = ReadonlyMap<RealServerId, LastWord>;

/** What a verdict says. A follower's reason is that of the check it follows. */
export const lastWordOf = ({ state, reason, backSince, evidence }: Verdict): LastWord => {
  if (reason !== 'followed') return { state, reason, ...cameBack(backSince) };
  const failed = evidence.findLast(({ outcome }) => outcome === 'failed');
  return { state, reason: failed?.reason ?? reason, ...cameBack(backSince) };
};
