type Heard = { readonly beat: number; readonly heardAtMs: number };

/**
 * How long the checkers may be silent before somebody else judges. All times are of the reader's own monotonic clock:
 * what the sender's clock says is only compared with itself. Any checker's beat renews the lease for all.
 */
export class Lease {
  private readonly lastOf = new Map<string, Heard>();

  /** `heldSinceMs`: the lease counts from then on, or, when it is -Infinity, from the first who speaks. */
  constructor(
    private readonly leaseMs: number,
    private heldSinceMs: number,
  ) {}

  /**
   * A sign of life was heard. The same one again says nothing. After a silence it takes two of one checker: the first
   * may be a stored one, left by a checker that has died since.
   */
  hear(checker: string, beat: number, nowMs: number): void {
    const last = this.lastOf.get(checker);
    if (last?.beat === beat) return;
    this.lastOf.set(checker, { beat, heardAtMs: nowMs });
    const isAlive = last !== undefined && nowMs - last.heardAtMs <= this.leaseMs;
    if (isAlive || !this.hasRunOut(nowMs)) this.heldSinceMs = nowMs;
  }

  /** Whether nobody has spoken for longer than the lease. */
  hasRunOut(nowMs: number): boolean {
    return nowMs - this.heldSinceMs > this.leaseMs;
  }
}
