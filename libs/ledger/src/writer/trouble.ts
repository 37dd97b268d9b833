import type { LogName } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { LogUnavailable } from './failures.ts';

const firstRestMs = 5;
const longestRestMs = 500;

/** How long something has been failing, and how long to rest before the next try. */
export class Trouble {
  private sinceMs: number | undefined;
  private restMs = firstRestMs;

  constructor(
    private readonly log: LogName,
    private readonly giveUpMs: number,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves when the next try is due. Throws `LogUnavailable` when it has been failing for `giveUpMs`; from then on every
   * failure throws at once, so that callers get one try each, until one succeeds.
   */
  async failed(cause: unknown): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    this.sinceMs ??= nowMs;
    const forMs = nowMs - this.sinceMs;
    if (forMs >= this.giveUpMs) throw new LogUnavailable(this.log, forMs, false, cause);
    const { over } = this.clock.rest(this.restMs);
    this.restMs = Math.min(this.restMs * 2, longestRestMs);
    await over;
  }

  over(): void {
    this.sinceMs = undefined;
    this.restMs = firstRestMs;
  }

  /** Tries until it succeeds or `failed` throws. */
  async overcome<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const value = await attempt();
        this.over();
        return value;
      } catch (cause) {
        await this.failed(cause);
      }
    }
  }
}
