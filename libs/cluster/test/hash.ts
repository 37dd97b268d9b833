import type { Hash } from '@evenkeel/contracts';

/** Looks like the book's hash and differs when the text does: FNV-1a under eight seeds. Not for anything but tests. */
export const hashOf = (text: string): Hash =>
  Array.from({ length: 8 }, (_, seed) => fnv1a(text, seed).toString(16).padStart(8, '0')).join('') as Hash;

/** Taken out of the loop: under Jest every look at a global costs. */
const { imul } = Math;

const fnv1a = (text: string, seed: number): number => {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
};
