import { type Outage } from './haproxy-options.ts';

/** The time in which HAProxy should run and does not. Whoever starts it ends it: a round may be quicker than the watchdog. */
export class OutageWatch {
  private since: number | undefined;
  private failedStarts = 0;
  private words: string | undefined;

  begin(): void {
    this.since = performance.now();
    this.failedStarts = 0;
    this.words = undefined;
  }

  startFailed(words: string): void {
    this.failedStarts += 1;
    this.words = words;
  }

  /** What it was; undefined when there was none. */
  end(): Outage | undefined {
    const { since, failedStarts, words } = this;
    this.since = undefined;
    if (since === undefined) return undefined;
    return { downMs: performance.now() - since, failedStarts, ...(words === undefined ? {} : { words }) };
  }
}
