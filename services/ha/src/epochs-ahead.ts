import type { Memory } from './memory.ts';

/** So many more are on disk than are in use; half of them used up, more are put there. */
const ahead = 16;
/** After the disk has refused. */
const retryMs = 10_000;

export type EpochsAheadParts = {
  readonly memory: Pick<Memory, 'epoch' | 'store'>;
  /** So long after this node has let go nothing is written that can wait. */
  readonly quietMs: number;
  readonly onFailure: (failure: unknown) => void;
};

/**
 * An epoch must be on disk before a node serves under it, and a disk may take longer than all the rest of a take-over. So some
 * are put there beforehand: what is on disk is not the newest epoch but one that is not smaller.
 */
export class EpochsAhead {
  private reserved: number;
  private refillsFrom = Number.NEGATIVE_INFINITY;

  /** Writes, so that the first take-over does not. */
  constructor(private readonly parts: EpochsAheadParts) {
    this.reserved = parts.memory.epoch;
    this.reserve(this.reserved);
  }

  /** It is on disk when this returns. */
  use(epoch: number): void {
    if (epoch > this.reserved) this.reserve(epoch);
  }

  /** `now`, when this node has let go: a slow write would hold it up just when the other one asks whether it may serve. */
  letGo(now: number): void {
    this.refillsFrom = now + this.parts.quietMs;
  }

  /**
   * `epoch`: the newest that was heard of. To be called while nothing depends on this node's being quick. A disk that is full
   * does not end a node that stands by: what is reserved is good for a few take-overs.
   */
  refill(epoch: number, now: number): void {
    if (now < this.refillsFrom || this.reserved - epoch >= ahead / 2) return;
    try {
      this.reserve(epoch);
    } catch (failure) {
      this.refillsFrom = now + retryMs;
      this.parts.onFailure(failure);
    }
  }

  private reserve(epoch: number): void {
    const reserved = epoch + ahead;
    this.parts.memory.store(reserved);
    this.reserved = reserved; // after it: what a full disk refused is not there
  }
}
