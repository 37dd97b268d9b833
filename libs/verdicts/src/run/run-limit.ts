import type { Clock } from '@evenkeel/kernel';

/** At once, and within a minute: enough for several people who look for a fault, and nothing for a flood. */
const [atOnceMax, aMinuteMax] = [4, 60];
const minuteMs = 60_000;

/** How many checks are run besides those that count. */
export class RunLimit {
  private underWay = 0;
  private startedMs: number[] = [];

  constructor(private readonly clock: Clock) {}

  /** A place, to be given back, or how many seconds to wait for one. */
  take(): { readonly giveBack: () => void } | { readonly retryAfterSeconds: number } {
    const now = this.clock.monotonicMs();
    this.startedMs = this.startedMs.filter((started) => now - started < minuteMs);
    if (this.underWay >= atOnceMax) return { retryAfterSeconds: 1 };
    const oldest = this.startedMs[0];
    if (oldest !== undefined && this.startedMs.length >= aMinuteMax) {
      return { retryAfterSeconds: Math.max(1, Math.ceil((oldest + minuteMs - now) / 1_000)) };
    }
    this.startedMs.push(now);
    this.underWay += 1;
    return { giveBack: () => void (this.underWay -= 1) };
  }
}
