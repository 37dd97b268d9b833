import type { RealServerId, Verdict, VerdictReason, VerdictState } from '@evenkeel/contracts';

/** The last that is known of one real server. Without a reason nobody knows how deep the check had looked. */
export type LastWord = { readonly state: VerdictState; readonly reason?: VerdictReason | undefined };
export type LastWords = ReadonlyMap<RealServerId, LastWord>;

/** What a verdict says. A follower's reason is that of the check it follows. */
export const lastWordOf = ({ state, reason, evidence }: Verdict): LastWord => {
  if (reason !== 'followed') return { state, reason };
  return { state, reason: evidence.findLast(({ outcome }) => outcome === 'failed')?.reason ?? reason };
};
