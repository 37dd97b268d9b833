import type { Lease } from '../../src/index.ts';

/** The bucket with the lease, as bad as JetStream has been seen to be. */
export class SimNats {
  private history: Lease[] = [{ revision: 0, holder: undefined, epoch: 0 }];

  get lease(): Lease {
    return this.history.at(-1) as Lease;
  }

  /** Compares and sets. */
  update(wanted: Lease): boolean {
    if (wanted.revision !== this.lease.revision) return false;
    this.history.push({ ...wanted, revision: wanted.revision + 1 });
    return true;
  }

  /** Loses what it had acknowledged. */
  forget(): void {
    this.history = this.history.slice(0, Math.max(1, this.history.length - 3));
  }

  /** What somebody may still be told who reads from a server that has fallen behind. */
  stale(back: number): Lease {
    return this.history.at(-1 - Math.min(back, this.history.length - 1)) as Lease;
  }
}
