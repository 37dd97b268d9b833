import { type Hash } from '@evenkeel/contracts';

/** As many pieces are hashed together. */
const blockSize = 128;

/**
 * One hash over a long text in pieces: the SHA-256 of the SHA-256 of blocks of pieces, in their order. A block of the very
 * same pieces is not hashed again, so a change costs what it changed and not what the cluster holds.
 */
export class PiecewiseHash {
  private pieces: readonly string[] = [];
  private blocks: readonly Hash[] = [];

  constructor(private readonly hash: (text: string) => Hash) {}

  of(pieces: readonly string[]): Hash {
    const before = this.pieces;
    this.blocks = Array.from({ length: Math.ceil(pieces.length / blockSize) }, (_, block) => {
      const [start, end] = [block * blockSize, Math.min((block + 1) * blockSize, pieces.length)];
      const known = isSameBetween(start, end, before, pieces) ? this.blocks[block] : undefined;
      return known ?? this.hash(pieces.slice(start, end).join(separator));
    });
    this.pieces = pieces;
    return this.hash(this.blocks.join('\n'));
  }
}

/** Occurs in no piece: where one ends counts. */
const separator = '\0';

/** Whether a block holds the same pieces in both, and no more of them. */
const isSameBetween = (start: number, end: number, one: readonly string[], other: readonly string[]): boolean => {
  if (Math.min(start + blockSize, one.length) !== end) return false;
  for (let place = start; place < end; place += 1) if (one[place] !== other[place]) return false;
  return true;
};
