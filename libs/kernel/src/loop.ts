import type { Clock, Rest } from './clock.ts';

export type LoopOptions = {
  /** A round starts at least this often, woken or not. */
  readonly sweepMs: number;
  /** After a failed round: wait this long, doubled up to `retryMaxMs`. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** Told of each failed round; the loop goes on. */
  readonly onFailure: (failure: unknown) => void;
};

/**
 * Runs one round at a time: at every wake, at every sweep, and again after a failure with growing delay.
 * A wake during a round is remembered, so no news is lost; many wakes make one round.
 */
export class Loop {
  private hasNews = false;
  private hasStopped = false;
  private isBackingOff = false;
  private rest: Rest | undefined;

  constructor(
    private readonly round: () => Promise<void>,
    private readonly options: LoopOptions,
    private readonly clock: Clock,
  ) {}

  /** There is news: start a round as soon as the present one, or the delay after a failed one, has ended. */
  wake(): void {
    this.hasNews = true;
    // A broken target must not be hammered at the pace of the news.
    if (!this.isBackingOff) this.rest?.wake();
  }

  /** Ends `run` after the present round. */
  stop(): void {
    this.hasStopped = true;
    this.rest?.wake();
  }

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    const { sweepMs, retryMinMs, retryMaxMs, onFailure } = this.options;
    let retryMs = retryMinMs;
    while (!this.hasStopped) {
      this.hasNews = false;
      try {
        await this.round();
        retryMs = retryMinMs;
        if (!this.hasNews) await this.restFor(sweepMs);
      } catch (failure) {
        onFailure(failure);
        this.isBackingOff = true;
        await this.restFor(retryMs);
        this.isBackingOff = false;
        retryMs = Math.min(retryMs * 2, retryMaxMs);
      }
    }
  }

  private async restFor(ms: number): Promise<void> {
    if (this.hasStopped) return;
    this.rest = this.clock.rest(ms);
    await this.rest.over;
  }
}
