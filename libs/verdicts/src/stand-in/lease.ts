type Heard = {
  readonly beat: number;
  readonly heardAtMs: number;
  /** Since when they have kept coming, never a lease apart. */
  readonly sinceMs: number;
};

/** Beats that come closer together were waiting somewhere, and verdicts may still wait behind them. */
const proofMs = 500;

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
   * A sign of life was heard. The same one again says nothing. After a silence it takes several of one checker, over some
   * time: a single one may have been stored long ago, by a checker that has died since.
   */
  hear(checker: string, beat: number, nowMs: number): void {
    const last = this.lastOf.get(checker);
    if (last?.beat === beat) return;
    const goesOn = last !== undefined && nowMs - last.heardAtMs <= this.leaseMs;
    const sinceMs = goesOn ? last.sinceMs : nowMs;
    this.lastOf.set(checker, { beat, heardAtMs: nowMs, sinceMs });
    if (nowMs - sinceMs >= proofMs || !this.hasRunOut(nowMs)) this.heldSinceMs = nowMs;
  }

  /** Whether nobody has spoken for longer than the lease. */
  hasRunOut(nowMs: number): boolean {
    return nowMs - this.heldSinceMs > this.leaseMs;
  }
}
