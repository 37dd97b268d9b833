import type { ProbeResult, ProbingCheck, RealServerId, Verdict } from '@evenkeel/contracts';
import type { Target } from '../wanted.ts';

/**
 * Asks one target once. Resolves within the check's timeout, whatever the target does; what goes wrong there, and what
 * keeps the checker from asking, is a result. Rejects only for a bug of ours.
 */
export type Probe = (check: ProbingCheck, target: Target) => Promise<ProbeResult>;

/** Where verdicts are published. Each method throws when the store is away, and may be repeated. */
export type VerdictStore = {
  put(verdict: Verdict): Promise<void>;
  delete(realServerId: RealServerId): Promise<void>;
  /** A sign of life: all that `checker` has judged until then is in the store. */
  beat(checker: string, atMs: number): Promise<void>;
};
