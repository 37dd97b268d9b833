/** Who gets which numbers of a draw from 0 to `mod` - 1. `to` is included; `index` counts the given weights. */
export type Choice = { readonly mod: number; readonly slots: readonly Slot[] };
export type Slot = { readonly from: number; readonly to: number; readonly index: number };

/**
 * Slots for a random draw: one range for each weight above 0, exactly in proportion.
 * At least one weight is above 0.
 */
export const randomChoice = (weights: readonly number[]): Choice => {
  const shares = reduced(weights);
  let next = 0;
  const slots = shares.flatMap((share, index) => {
    const from = next;
    next += share;
    return share === 0 ? [] : [{ from, to: next - 1, index }];
  });
  return { mod: next, slots };
};

/** More slots would make each rule long and buy less than 0.1 % of accuracy. */
const maxTurns = 1_024;

/**
 * Slots for a counter that goes round: one number each, the servers interleaved as evenly as their weights allow.
 * Weights that do not reduce to `maxTurns` in sum are scaled down to it; whoever has a weight keeps at least one turn.
 * At least one weight is above 0.
 */
export const turnChoice = (weights: readonly number[]): Choice => {
  const shares = atMost(maxTurns, reduced(weights));
  const mod = sum(shares);
  const credit = shares.map(() => 0);
  const slots = Array.from({ length: mod }, (_, turn) => {
    const index = nextInTurn(credit, shares, mod);
    return { from: turn, to: turn, index };
  });
  return { mod, slots };
};

/**
 * Smooth weighted round robin: everyone earns a share, the richest serves and pays for the whole round.
 * Source: nginx, `ngx_http_upstream_round_robin.c`; 5:1:1 becomes a a b a c a a and not a a a a a b c.
 */
const nextInTurn = (credit: number[], shares: readonly number[], round: number): number => {
  shares.forEach((share, index) => (credit[index] = (credit[index] ?? 0) + share));
  const richest = credit.indexOf(Math.max(...credit));
  credit[richest] = (credit[richest] ?? 0) - round;
  return richest;
};

const reduced = (weights: readonly number[]): number[] => {
  const divisor = weights.reduce(greatestCommonDivisor, 0);
  return weights.map((weight) => weight / divisor);
};

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

const atMost = (most: number, shares: readonly number[]): readonly number[] => {
  const total = sum(shares);
  if (total <= most) return shares;
  return shares.map((share) => (share === 0 ? 0 : Math.max(1, Math.round((share * most) / total))));
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
