import type { JudgedState, Verdict, VerdictEntry, VerdictState } from '@evenkeel/contracts';
import { type Period, type Stretch, type Timeline, timelineFrom } from './timeline.ts';

/** What is known of one real server. */
export type History = {
  /** In any order; also those from before and after the period. */
  readonly changes: readonly VerdictEntry[];
  /** What is said of it now; undefined when nothing is. */
  readonly now: Pick<Verdict, 'state' | 'since' | 'reason'> | undefined;
  readonly nowMs: number;
  /** When nobody checked, or what was seen got lost. */
  readonly blanks: readonly Period[];
};

/**
 * What one real server was when. A stretch between two records has the state that both of them tell; where they contradict each
 * other something was lost, and only what the later one says of the time before it stands. What nobody saw is unknown, never up.
 */
export const timelineOf = (period: Period, { changes, now, nowMs, blanks }: History): Timeline => {
  const marks = changes.map(markIn).toSorted((a, b) => a.atMs - b.atMs);
  const end: Mark | undefined =
    now === undefined
      ? undefined
      : { atMs: nowMs, before: seen(now.state, now.reason), beforeMs: Date.parse(now.since), after: 'unknown' };
  const all = end === undefined ? marks : [...marks, end];
  const claims = all.flatMap((mark, index) => claimBetween(all[index - 1], mark));
  return timelineFrom(period, [...claims, ...blanks.map((blank): Stretch => ({ ...blank, state: 'unknown' }))]);
};

/** A moment at which something is told of the time before it and of the time after. */
type Mark = {
  readonly atMs: number;
  readonly before: VerdictState;
  /** Since when it was so before; undefined when that is not known. */
  readonly beforeMs: number | undefined;
  readonly after: VerdictState;
  /** Whether there were changes before it that nobody wrote. */
  readonly hasSkipped?: boolean;
};

const markIn = ({ time, from, fromSince, to, since = time, reason, skipped }: VerdictEntry): Mark => ({
  atMs: Date.parse(since),
  before: seen(from),
  beforeMs: fromSince === undefined ? undefined : Date.parse(fromSince),
  after: seen(to, reason),
  hasSkipped: skipped !== undefined,
});

/** Who is not checked is said to be up, and nobody has looked. */
const seen = (state: JudgedState, reason?: Verdict['reason']): VerdictState =>
  state === 'none' || reason === 'not-checked' ? 'unknown' : state;

const claimBetween = (earlier: Mark | undefined, mark: Mark): Stretch[] => {
  const { atMs, before, beforeMs = atMs, hasSkipped } = mark;
  if (earlier?.after === before && hasSkipped !== true) return [{ fromMs: earlier.atMs, toMs: atMs, state: before }];
  return [{ fromMs: Math.max(beforeMs, earlier?.atMs ?? beforeMs), toMs: atMs, state: before }];
};
