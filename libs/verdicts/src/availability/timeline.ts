import type { VerdictState } from '@evenkeel/contracts';

/** Milliseconds since 1970; `toMs` is not part of it. */
export type Period = { readonly fromMs: number; readonly toMs: number };

/** A stretch of time with one state. */
export type Stretch = Period & { readonly state: VerdictState };

/** Stretches without gaps from the beginning of a period to its end; neighbours differ. */
export type Timeline = readonly Stretch[];

/** The period as `claims` have it, later ones before earlier ones, and unknown where nobody claims anything. */
export const timelineFrom = (period: Period, claims: readonly Stretch[]): Timeline => {
  const claimed = claims.flatMap((claim) => within(period, claim));
  const edges = [period.fromMs, period.toMs, ...claimed.flatMap(({ fromMs, toMs }) => [fromMs, toMs])];
  const times = [...new Set(edges)].toSorted((a, b) => a - b);
  const begun = claimed.map((claim, rank) => ({ ...claim, rank })).toSorted((a, b) => a.fromMs - b.fromMs);
  let open: typeof begun = [];
  let next = 0;
  const pieces = times.slice(0, -1).map((fromMs, index): Stretch => {
    open = open.filter(({ toMs }) => toMs > fromMs);
    for (; (begun[next]?.fromMs ?? Infinity) <= fromMs; next += 1) open.push(...begun.slice(next, next + 1));
    const ruling = open.reduce<(typeof begun)[number] | undefined>(
      (best, one) => (best === undefined || one.rank > best.rank ? one : best),
      undefined,
    );
    return { fromMs, toMs: times[index + 1] ?? fromMs, state: ruling?.state ?? 'unknown' };
  });
  return joined(pieces);
};

const within = ({ fromMs, toMs }: Period, stretch: Stretch): Stretch[] => {
  const cut = { ...stretch, fromMs: Math.max(fromMs, stretch.fromMs), toMs: Math.min(toMs, stretch.toMs) };
  return cut.fromMs < cut.toMs ? [cut] : [];
};

/** Neighbours of one state are one stretch. */
const joined = (pieces: readonly Stretch[]): Timeline => {
  const all: Stretch[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last?.state === piece.state) all[all.length - 1] = { ...last, toMs: piece.toMs };
    else all.push(piece);
  }
  return all;
};

/** How many are in each state. */
export type Counts = Readonly<Record<VerdictState, number>>;

/** Several timelines of one period as one, by what `judge` says of how many are in which state. */
export const together = (
  period: Period,
  timelines: readonly Timeline[],
  judge: (counts: Counts) => VerdictState,
): Timeline => {
  const changes = timelines.flat().flatMap(({ fromMs, toMs, state }) => [
    { atMs: fromMs, state, by: 1 },
    { atMs: toMs, state, by: -1 },
  ]);
  changes.sort((a, b) => a.atMs - b.atMs);
  const counts = { up: 0, down: 0, unknown: 0 };
  const pieces: Stretch[] = [];
  let fromMs = period.fromMs;
  for (const { atMs, state, by } of changes) {
    if (atMs > fromMs) pieces.push({ fromMs, toMs: atMs, state: judge(counts) });
    fromMs = Math.max(fromMs, atMs);
    counts[state] += by;
  }
  if (fromMs < period.toMs) pieces.push({ fromMs, toMs: period.toMs, state: judge(counts) });
  return joined(pieces);
};

/** A service is there while one of its real servers is; nobody knows while one of the rest may be. */
export const asService = ({ up, unknown, down }: Counts): VerdictState => {
  if (up > 0) return 'up';
  return unknown > 0 || down === 0 ? 'unknown' : 'down';
};

/** A machine is well while all that runs on it is. */
export const asMachine = ({ up, down, unknown }: Counts): VerdictState => {
  if (down > 0) return 'down';
  return unknown > 0 || up === 0 ? 'unknown' : 'up';
};
