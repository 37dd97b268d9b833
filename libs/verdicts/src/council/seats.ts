/** A checker as far as its place in an order matters. */
export type Seat = { readonly checker: string; readonly run: string };

/**
 * Whether `one` comes before `other` for this target. Rendezvous hashing: each target has its own order of all checkers, so
 * one that comes or goes moves only its own targets, and everybody knows the order without asking. It goes by the name, so
 * that a restart changes nothing.
 */
export const comesBefore = (target: number, one: Seat, other: Seat): boolean => {
  const [first, second] = [one, other].map(({ checker }) => mixed(target ^ textHash(checker)));
  if (first !== second) return (first ?? 0) < (second ?? 0);
  return one.checker === other.checker ? one.run < other.run : one.checker < other.checker;
};

/** FNV-1a, 32 bits. Source: draft-eastlake-fnv, sections 2 and 5. */
export const textHash = (text: string): number => {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return hash >>> 0;
};

/** Every bit of the input moves every bit of the result: the last step of MurmurHash3, 32 bits, which loses nothing. */
const mixed = (bits: number): number => {
  let mix = bits ^ (bits >>> 16);
  mix = Math.imul(mix, 0x85_eb_ca_6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2_b2_ae_35);
  return (mix ^ (mix >>> 16)) >>> 0;
};
