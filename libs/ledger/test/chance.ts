/** Gives a number from 0 (included) to 1 (excluded): seeded, so that a run can be repeated. */
export type Chance = () => number;

/** Marsaglia's xorshift, 32 bits: "Xorshift RNGs", Journal of Statistical Software 8 (2003). */
export const chanceFrom = (seed: number): Chance => {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};
