import { Clock, type Rest } from '@evenkeel/kernel';

type Sleeper = { readonly endsAtMs: number; readonly end: () => void };

/** Promise chains longer than this within one instant are not expected of our loops. */
const settlingTurns = 200;

/** Time that stands still until a simulation moves it. Rests end in order, each at its own time. */
export class ManualClock extends Clock {
  private elapsedMs = 0;
  private sleepers: readonly Sleeper[] = [];

  /** `startMs`: wall-clock time at the start, milliseconds since 1970. */
  constructor(private readonly startMs = Date.parse('2026-03-01T08:00:00.000Z')) {
    super();
  }

  override nowMs(): number {
    return this.startMs + this.elapsedMs;
  }

  override monotonicMs(): number {
    return this.elapsedMs;
  }

  override rest(ms: number): Rest {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const sleeper: Sleeper = { endsAtMs: this.elapsedMs + ms, end: resolve };
    this.sleepers = [...this.sleepers, sleeper].toSorted((a, b) => a.endsAtMs - b.endsAtMs);
    return { over, wake: () => this.wake(sleeper) };
  }

  /** How many rests are under way. */
  get resting(): number {
    return this.sleepers.length;
  }

  /** Moves time on by `ms`; whoever wakes on the way, and whatever follows at once from it, has run when this resolves. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.elapsedMs + ms;
    await this.settle();
    for (let next = this.sleepers[0]; next !== undefined && next.endsAtMs <= untilMs; next = this.sleepers[0]) {
      this.elapsedMs = Math.max(this.elapsedMs, next.endsAtMs);
      this.wake(next);
      await this.settle();
    }
    this.elapsedMs = untilMs;
  }

  /** Lets everything run that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < settlingTurns; turn += 1) await Promise.resolve();
  }

  private wake(sleeper: Sleeper): void {
    this.sleepers = this.sleepers.filter((other) => other !== sleeper);
    sleeper.end();
  }
}
