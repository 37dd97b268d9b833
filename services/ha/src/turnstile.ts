/** Lets so many through in each stretch of time, and no more: whoever floods the bus must not keep an agent busy. */
export class Turnstile {
  private since = Number.NEGATIVE_INFINITY;
  private passed = 0;

  constructor(
    private readonly most: number,
    private readonly stretchMs: number,
  ) {}

  /** `now`: monotonic, in milliseconds. */
  mayPass(now: number): boolean {
    if (now - this.since >= this.stretchMs) [this.since, this.passed] = [now, 0];
    this.passed += 1;
    return this.passed <= this.most;
  }
}
