/** One node's nftables: a ticket and the right to answer, each with its own end. Times are the world's. */
export class SimKernel {
  private ticketUntil = 0;
  private servesUntil = 0;

  /** `rate`: how fast this node's clock runs. */
  constructor(
    private readonly rate: number,
    private readonly rules: { readonly hasDeadMan: boolean; readonly hasTicket: boolean },
  ) {}

  isServing(now: number): boolean {
    return now < this.servesUntil;
  }

  arm(forMs: number, now: number): boolean {
    this.ticketUntil = now + forMs / this.rate;
    return true;
  }

  activate(forMs: number | undefined, now: number): boolean {
    if (this.rules.hasTicket && now >= this.ticketUntil) return false;
    this.ticketUntil = 0;
    this.servesUntil = this.endOf(forMs, now);
    return true;
  }

  extend(forMs: number, now: number): boolean {
    if (now >= this.servesUntil) return false;
    this.servesUntil = this.endOf(forMs, now);
    return true;
  }

  mute(): void {
    this.ticketUntil = 0;
    this.servesUntil = 0;
  }

  private endOf(forMs: number | undefined, now: number): number {
    return forMs === undefined || !this.rules.hasDeadMan ? Number.POSITIVE_INFINITY : now + forMs / this.rate;
  }
}
