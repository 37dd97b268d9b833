import type { Memory } from './memory.ts';

/** So many more are on disk than are in use; half of them used up, more are put there. */
const ahead = 16;

/**
 * An epoch must be on disk before a node serves under it, and a disk may take longer than all the rest of a take-over. So some
 * are put there beforehand: what is on disk is not the newest epoch but one that is not smaller.
 */
export class EpochsAhead {
  private reserved: number;

  /** Writes, so that the first take-over does not. */
  constructor(private readonly memory: Pick<Memory, 'epoch' | 'store'>) {
    this.reserved = memory.epoch;
    this.reserve(memory.epoch);
  }

  /** It is on disk when this returns. */
  use(epoch: number): void {
    if (epoch > this.reserved) this.reserve(epoch);
  }

  /** `epoch`: the newest that was heard of. To be called while nothing depends on this node's being quick. */
  refill(epoch: number): void {
    if (this.reserved - epoch < ahead / 2) this.reserve(epoch);
  }

  private reserve(epoch: number): void {
    this.reserved = epoch + ahead;
    this.memory.store(this.reserved);
  }
}
