import type { Clock, Rest } from '@evenkeel/kernel';
import type { Line } from './log.ts';

type Repeated = {
  readonly line: Line;
  readonly sinceMs: number;
  lastMs: number;
  toldMs: number;
  times: number;
  untold: number;
};

/** What goes on failing is told again this often, with a count. */
const tellEveryMs = 30_000;
/** What has not been said for so long is over. Longer than any loop of ours rests between two tries. */
const overAfterMs = 10_000;
const lookEveryMs = 1_000;
/** Different lines that are remembered at once: more are a flood of another kind, and pass. */
const rememberedMax = 500;

/**
 * Lets warnings and errors through once. The same again is counted: one line with the count now and then while it lasts, and
 * one when it is over. A loop that fails ten times a second while Postgres is away costs a handful of lines.
 */
export class FloodGuard {
  private readonly repeated = new Map<string, Repeated>();
  private rest: Rest | undefined;
  private isLooking = false;
  private isClosed = false;

  constructor(
    private readonly pass: (line: Line) => void,
    private readonly clock: Clock,
  ) {}

  take(line: Line): void {
    if (line.level === 'debug' || line.level === 'info') return this.pass(line);
    const key = keyOf(line);
    const nowMs = this.clock.monotonicMs();
    const known = this.repeated.get(key);
    if (known === undefined) {
      if (this.repeated.size < rememberedMax) this.repeated.set(key, { line, ...startedAt(nowMs) });
      this.pass(line);
      void this.lookNowAndThen();
      return;
    }
    known.lastMs = nowMs;
    known.times += 1;
    known.untold += 1;
  }

  /** No more counts after this; lines still pass. */
  close(): void {
    this.isClosed = true;
    this.rest?.wake();
  }

  private async lookNowAndThen(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    while (this.repeated.size > 0 && !this.isClosed) {
      this.rest = this.clock.rest(lookEveryMs);
      await this.rest.over;
      this.look(this.clock.monotonicMs());
    }
    this.isLooking = false;
  }

  private look(nowMs: number): void {
    for (const [key, one] of this.repeated) {
      if (nowMs - one.lastMs >= overAfterMs) {
        this.repeated.delete(key);
        if (one.times > 1) this.pass(over(one));
      } else if (one.untold > 0 && nowMs - one.toldMs >= tellEveryMs) {
        this.pass(goesOn(one, nowMs));
        one.toldMs = nowMs;
        one.untold = 0;
      }
    }
  }
}

const startedAt = (nowMs: number): Omit<Repeated, 'line'> => ({
  sinceMs: nowMs,
  lastMs: nowMs,
  toldMs: nowMs,
  times: 1,
  untold: 0,
});

/** How long something has lasted makes no other thing of it. */
const keyOf = ({ level, words, facts }: Line): string =>
  `${level} ${facts.context ?? ''} ${words.replaceAll(/\b\d+(?:\.\d+)? ?m?s\b/g, '#')}`;

const goesOn = ({ line, untold, toldMs }: Repeated, nowMs: number): Line => ({
  level: line.level,
  words: `${line.words} (${untold} times more in ${seconds(nowMs - toldMs)})`,
  facts: { ...line.facts, times: untold },
});

const over = ({ line, times, sinceMs, lastMs }: Repeated): Line => ({
  level: 'info',
  words: `over: ${line.words} (${times} times in ${seconds(lastMs - sinceMs)})`,
  facts: { ...line.facts, times },
});

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
