/** After the addresses came here. Switches and hosts may miss one; the first ones are for those who wait. Milliseconds. */
const soon = [0, 20, 50, 150, 500, 1_000, 2_000, 5_000] as const;
const everyMs = 60_000;

/** Tells the segment where the addresses are: often at first, then once a minute. */
export class Announcer {
  private since: number | undefined;
  private told = 0;

  constructor(private readonly announce: () => void) {}

  start(now: number): void {
    this.since = now;
    this.told = 0;
    this.look(true, now);
  }

  /** Call it with every tick. */
  look(isServing: boolean, now: number): void {
    if (!isServing) this.since = undefined;
    if (this.since === undefined || now - this.since < this.dueAfterMs()) return;
    this.told += 1;
    this.announce();
  }

  private dueAfterMs(): number {
    return soon[this.told] ?? 5_000 + (this.told - soon.length + 1) * everyMs;
  }
}
