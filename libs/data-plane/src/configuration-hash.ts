import { type Hash } from '@evenkeel/contracts';

/**
 * One hash over a long text in pieces: the SHA-256 of the pieces' own SHA-256, in their order. A piece that is there again
 * is not hashed again, so a change costs what it changed and not what the cluster holds.
 */
export class PiecewiseHash {
  private known: ReadonlyMap<string, Hash> = new Map();

  constructor(private readonly hash: (text: string) => Hash) {}

  of(pieces: readonly string[]): Hash {
    const hashes = pieces.map((piece) => this.known.get(piece) ?? this.hash(piece));
    this.known = new Map(pieces.map((piece, index) => [piece, hashes[index] as Hash]));
    return this.hash(hashes.join('\n'));
  }
}
