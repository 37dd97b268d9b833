import type { Verdict, Vote } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import { adopted, neverChecked, stateFor, type TargetVerdict } from '../target-verdict.ts';
import type { WantedCheck } from '../wanted.ts';

/** One wanted check, when it is due, and what is known of its target. */
export type Watch = {
  wanted: WantedCheck;
  verdict: TargetVerdict;
  readonly intervalMs: number;
  /** Monotonic. */
  dueMs: number;
  /** When the present verdict is published again with newer evidence. */
  refreshDueMs: number;
  /** Whether this checker has seen for itself what the verdict says, at least once. */
  isJudged: boolean;
  /** The same, and the target was asked since: not for one that we could not ask. */
  hasSeen: boolean;
};

/** New targets are asked soon, but not all at the same moment. */
const firstWithinMs = 2_000;

export const beginWatch = (
  wanted: WantedCheck,
  verdict: TargetVerdict,
  { nowMs, refreshMs, random }: { readonly nowMs: number; readonly refreshMs: number; readonly random: () => number },
): Watch => {
  const intervalMs = durationMs(wanted.check.interval) ?? firstWithinMs;
  const dueMs = nowMs + random() * Math.min(intervalMs, firstWithinMs);
  return {
    wanted,
    verdict,
    intervalMs,
    dueMs,
    refreshDueMs: nowMs + random() * refreshMs,
    isJudged: false,
    hasSeen: false,
  };
};

/**
 * What a new check begins with, given the last verdicts of the real servers that it is about: the newest of these. That
 * the check has changed says nothing about the server, so its last judgement stands until the new check has one.
 */
export const firstVerdict = (lastVerdicts: readonly Verdict[], now: string): TargetVerdict => {
  const judged = lastVerdicts.filter(
    ({ state, reason }) => state !== 'unknown' && reason !== 'followed' && reason !== 'not-checked',
  );
  const newest = judged.toSorted((one, other) => (one.since < other.since ? 1 : -1))[0];
  return newest === undefined ? neverChecked(now) : adopted(newest);
};

/** When to ask again after a question that has just ended. */
export const nextDueMs = ({ dueMs, intervalMs }: Watch, nowMs: number): number => {
  const behindMs = nowMs - dueMs;
  // One missed time is made up for. After a longer pause, back to its old place in the interval: nobody bunches up.
  const steps = behindMs < 2 * intervalMs ? 1 : Math.ceil(behindMs / intervalMs);
  return dueMs + steps * intervalMs;
};

/**
 * Whether the verdict says what was seen here, and not only what an earlier checker left: the newest result supports it,
 * or the target was asked often enough to have changed it.
 */
export const isOwnJudgement = ({ verdict, wanted }: Pick<Watch, 'verdict' | 'wanted'>): boolean => {
  const { state, blind, evidence } = verdict;
  return (
    isSupported(verdict) || blind >= wanted.check.fall || (state === 'unknown' && evidence.length >= wanted.check.fall)
  );
};

/** Whether the newest results say what the verdict says. */
const isSupported = ({ state, run }: TargetVerdict): boolean => run.length > 0 && stateFor[run.outcome] === state;

/** Takes note of what the newest result makes of the verdict. */
export const takeStock = (watch: Watch): void => {
  watch.isJudged ||= isOwnJudgement(watch);
  watch.hasSeen = isSupported(watch.verdict) || (watch.hasSeen && !isBlind(watch));
};

/** What this checker says of the target when several are asked; undefined while it has not seen for itself what it says. */
export const voteOf = (watch: Watch): Vote | undefined => {
  const { state, reason, detail } = watch.verdict;
  if (isBlind(watch)) return { state, reason, detail, isBlind: true };
  return watch.hasSeen ? { state, reason, detail } : undefined;
};

const isBlind = ({ verdict, wanted }: Watch): boolean =>
  verdict.state === 'unknown' && verdict.blind >= wanted.check.fall;
