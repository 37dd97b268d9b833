import type { Clock, Rest } from '@evenkeel/kernel';

/** How often HAProxy may be reloaded. */
export interface ReloadPace {
  /** Milliseconds that a reload to the configuration of that name has to wait; 0: it may come now. */
  waitMs(name: string): number;
  /** A reload has just come to its end. */
  reloaded(): void;
}

export const withoutPause: ReloadPace = { waitMs: () => 0, reloaded: () => undefined };

/** After a reload, the next one waits for so long, to gather what comes meanwhile; for longer while much comes. */
const [pauseMinMs, pauseMaxMs] = [200, 5_000];

/**
 * One reload for many changes. After some quiet a reload comes at once. In a burst the pauses between reloads double up to
 * five seconds, for every reload may leave an old process behind that lives as long as its connections. Whoever waits for
 * each change before the next one gathers nothing, and his pauses stay short.
 */
export class GatheringPace implements ReloadPace {
  private pauseMs = pauseMinMs;
  private endedAtMs = -Infinity;
  /** Configurations that wanted a reload since the last one, and had to wait. */
  private readonly waiting = new Set<string>();
  private rest: Rest | undefined;

  /** `wake`: called when a reload that had to wait may come. */
  constructor(
    private readonly clock: Clock,
    private readonly wake: () => void,
  ) {}

  waitMs(name: string): number {
    const ms = Math.max(0, this.endedAtMs + this.pauseMs - this.clock.monotonicMs());
    if (ms === 0) return 0;
    this.waiting.add(name);
    if (this.rest === undefined) void this.wakeAfter(ms);
    return ms;
  }

  reloaded(): void {
    this.pauseMs = this.waiting.size > 1 ? Math.min(2 * this.pauseMs, pauseMaxMs) : pauseMinMs;
    this.waiting.clear();
    this.endedAtMs = this.clock.monotonicMs();
  }

  /** Nothing waits any more, so that the process may end. */
  stop(): void {
    this.rest?.wake();
  }

  private async wakeAfter(ms: number): Promise<void> {
    this.rest = this.clock.rest(ms);
    await this.rest.over;
    this.rest = undefined;
    this.wake();
  }
}
