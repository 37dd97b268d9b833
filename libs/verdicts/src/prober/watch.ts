import type { CouncilWord, ProbeResult, Verdict, Vote } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import { asBefore } from '../council/judge-together.ts';
import { adopted, neverChecked, nextVerdict, stateFor, type TargetVerdict } from '../target-verdict.ts';
import type { WantedCheck } from '../wanted.ts';

/** One wanted check, when it is due, and what is known of its target. */
export type Watch = {
  wanted: WantedCheck;
  verdict: TargetVerdict;
  /** Monotonic. */
  dueMs: number;
  /** When the present verdict is published again with newer evidence. */
  refreshDueMs: number;
  /** Whether this checker has seen for itself what the verdict says, at least once. */
  isJudged: boolean;
  /** The same, and the target was asked since: not for one that we could not ask. */
  hasSeen: boolean;
  /** When the last question ended, monotonic. */
  askedAtMs: number;
};

/** New targets are asked soon, but not all at the same moment. */
const firstWithinMs = 2_000;

export const beginWatch = (
  wanted: WantedCheck,
  verdict: TargetVerdict,
  { nowMs, refreshMs, random }: { readonly nowMs: number; readonly refreshMs: number; readonly random: () => number },
): Watch => {
  const dueMs = nowMs + random() * Math.min(intervalMs({ wanted, verdict }), firstWithinMs);
  return {
    wanted,
    verdict,
    dueMs,
    refreshDueMs: nowMs + random() * refreshMs,
    isJudged: false,
    hasSeen: false,
    askedAtMs: nowMs,
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

/** When to ask again after a question that has just ended. `random`: a number from 0 up to 1. */
export const nextDueMs = (watch: Pick<Watch, 'wanted' | 'verdict' | 'dueMs'>, nowMs: number, random = 0.5): number => {
  const { dueMs, wanted } = watch;
  const stepMs = intervalMs(watch);
  const behindMs = nowMs - dueMs;
  // One missed time is made up for. After a longer pause, back to its old place in the interval: nobody bunches up.
  const steps = behindMs < 2 * stepMs ? 1 : Math.ceil(behindMs / stepMs);
  const jitterMs = (stepMs * (wanted.check.jitter ?? 0)) / 100;
  return dueMs + steps * stepMs + (2 * random - 1) * jitterMs;
};

/** How soon the next question comes, as the target is now. */
const intervalMs = ({ wanted: { check }, verdict: { state, run } }: Pick<Watch, 'wanted' | 'verdict'>): number => {
  const ofState = state === 'down' ? (run.outcome === 'passed' ? check.intervalRising : check.intervalDown) : undefined;
  return durationMs(ofState ?? check.interval) ?? firstWithinMs;
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

/** The watch after one more result. `word` is what was said of the target last. */
export const takeResult = (
  watch: Watch,
  result: ProbeResult,
  { nowMs, word }: { readonly nowMs: number; readonly word: CouncilWord | undefined },
): void => {
  if (isStale(watch, nowMs)) beginAnew(watch, word);
  watch.verdict = nextVerdict(watch.verdict, result, watch.wanted.check);
  watch.isJudged ||= isOwnJudgement(watch);
  watch.hasSeen = isSupported(watch.verdict) || (watch.hasSeen && !isBlind(watch));
  watch.askedAtMs = nowMs;
};

/**
 * What this checker says of the target when several are asked; undefined while it has not seen for itself what it says, or
 * has not asked for long: it was asleep, and others know better.
 */
export const voteOf = (watch: Watch, nowMs: number): Vote | undefined => {
  if (isStale(watch, nowMs)) return undefined;
  const { state, reason, detail } = watch.verdict;
  if (isBlind(watch)) return { state, reason, detail, isBlind: true };
  return watch.hasSeen ? { state, reason, detail } : undefined;
};

/** Missed questions after which an answer is out of date. */
const missedMax = 3;

const isStale = (watch: Watch, nowMs: number): boolean =>
  nowMs - watch.askedAtMs > missedMax * intervalMs(watch) + (durationMs(watch.wanted.check.timeout) ?? 0);

/** Whoever was asleep goes on from what the others have said meanwhile, and has to see it for itself. */
const beginAnew = (watch: Watch, word: CouncilWord | undefined): void => {
  watch.hasSeen = false;
  if (word === undefined || word.state === watch.verdict.state) return;
  const { evidence } = watch.verdict;
  watch.verdict = { ...asBefore(neverChecked(word.since), word), evidence };
};

const isBlind = ({ verdict, wanted }: Watch): boolean =>
  verdict.state === 'unknown' && verdict.blind >= wanted.check.fall;
