import type { ProbeResult, Verdict, VerdictState } from '@evenkeel/contracts';
import { cameBack, returnAfter, withoutReturn } from './return.ts';

/** Newest results kept as evidence. */
const evidenceMax = 20;
const detailMax = 512;

type Outcome = ProbeResult['outcome'];

/** The judgement about one target, before it is said of the real servers that share the target. */
export type TargetVerdict = Pick<Verdict, 'state' | 'reason' | 'detail' | 'since' | 'backSince' | 'evidence'> & {
  /** How many results in a row had this outcome. What the checker could not ask does not break the row. */
  readonly run: { readonly outcome: Outcome; readonly length: number };
  /** How often in a row the checker could not ask. */
  readonly blind: number;
  /** How many results ago it went down, each time that is not forgotten yet; newest last. */
  readonly falls: readonly number[];
};

/** `rise` passes in a row make a server up, `fall` failures in a row make it down. */
export type Thresholds = { readonly rise: number; readonly fall: number };

/** A target that nobody has asked yet. `since` is when it was first wanted. */
export const neverChecked = (since: string): TargetVerdict => ({
  state: 'unknown',
  reason: 'never-checked',
  detail: 'not checked yet',
  since,
  evidence: [],
  run: noRun,
  blind: 0,
  falls: [],
});

/** Goes on from what an earlier checker published: state and time stay, and the counting starts anew. */
export const adopted = ({ state, reason, detail, since, backSince, evidence }: Verdict): TargetVerdict => {
  return { state, reason, detail, since, ...cameBack(backSince), evidence, run: noRun, blind: 0, falls: [] };
};

const noRun = { outcome: 'not-asked', length: 0 } as const;

/**
 * The verdict after one more result.
 *
 * From `unknown` the first pass makes `up` at once: an unknown server serves anyway, so waiting would only hide the good
 * news, and a fresh start takes nobody out before `fall` failures in a row. `up` falls after `fall` failures, `down`
 * rises after `rise` passes. A server that answers and refuses the check becomes `unknown`, which serves, with the same
 * damping: bad news for one that was up, good news for one that was down. So does one that cannot be asked.
 *
 * One that goes down again and again has to prove more each time: see `risesNeeded`. Going down is never delayed.
 *
 * Reason and detail are those of the newest result that supports the state; in `unknown`, of the newest result.
 */
export const nextVerdict = (before: TargetVerdict, result: ProbeResult, thresholds: Thresholds): TargetVerdict => {
  const counted = count(before, result);
  const { outcome, reason, detail } = result;
  const state = stateFor[outcome];
  if (state === before.state)
    return { ...counted, reason, detail: state === 'down' ? inWords(counted, detail, thresholds) : detail };
  const inARow = outcome === 'not-asked' ? counted.blind : counted.run.length;
  if (inARow >= needed(before, outcome, thresholds)) {
    const since = result.at;
    const then = { ...withoutReturn(counted), state, reason, detail, since, ...returnAfter(before, { state, since }) };
    if (state !== 'down') return then;
    const fallen = { ...then, falls: [...counted.falls, 0] };
    return { ...fallen, detail: inWords(fallen, detail, thresholds) };
  }
  return before.state === 'unknown' ? { ...counted, reason, detail } : counted;
};

/** Why it is down, and, when it goes up and down, what it takes to come back. */
const inWords = (down: Pick<TargetVerdict, 'falls'>, detail: string, { rise }: Thresholds): string => {
  const passes = risesNeeded(down, rise);
  if (passes === rise) return detail;
  return `${detail}; went down ${down.falls.length} times in a short while: ${passes} passes in a row bring it back`.slice(
    0,
    detailMax,
  );
};

/** What a server is that behaves like this. */
export const stateFor = {
  passed: 'up',
  failed: 'down',
  'alive-but-refused': 'unknown',
  'not-asked': 'unknown',
} as const satisfies Record<Outcome, VerdictState>;

const count = (before: TargetVerdict, result: ProbeResult): TargetVerdict => {
  const evidence = [...before.evidence.slice(1 - evidenceMax), result];
  if (result.outcome === 'not-asked') return { ...before, evidence, blind: before.blind + 1 };
  const length = result.outcome === before.run.outcome ? before.run.length + 1 : 1;
  const falls = before.falls.map((ago) => ago + 1).filter((ago) => ago < fallsForgottenAfter);
  return { ...before, evidence, run: { outcome: result.outcome, length }, blind: 0, falls };
};

/** How many such outcomes in a row it takes to leave the present state. */
const needed = (before: TargetVerdict, outcome: Outcome, { rise, fall }: Thresholds): number => {
  if (outcome === 'failed' || outcome === 'not-asked') return fall;
  if (before.state === 'down') return risesNeeded(before, rise);
  return outcome === 'passed' ? 1 : fall;
};

/** Results after which a fall is forgotten: a minute at the usual pace. Counted, not timed: a clock may be wrong. */
const fallsForgottenAfter = 30;

/**
 * How many passes in a row bring a server back: `rise`, after the third fall that is remembered twice, from the fourth on four
 * times as many. A server that comes and goes would take clients with it each time.
 */
export const risesNeeded = ({ falls }: Pick<TargetVerdict, 'falls'>, rise: number): number =>
  rise * (falls.length < 3 ? 1 : falls.length === 3 ? 2 : 4);
