import type { JournalNews } from '@evenkeel/contracts';

/** Shorter pauses are a busy machine, and hide no change that `fall` would not have hidden. */
const silenceMs = 10_000;

/** After a pause of ours, the others have so long to tell that they went on. */
const hearMs = 5_000;

/**
 * Whether somebody else may have checked while we did not: `nobody` is known, or what they say has been `heard`, or `unheard`,
 * as after a time without a bus.
 */
export type Others = 'nobody' | 'heard' | 'unheard';

/** Notes when nobody has checked anything for a while: before this checker came, or because its machine stood still. */
export class Silences {
  /** Until then somebody has checked, as far as is known. */
  private lastMs: number | undefined;
  /** Since when we check without a pause; undefined while we do not know what we say. */
  private begunMs: number | undefined;
  private lookedAtMs = 0;
  /** When a silence was noticed of which the others may still tell that it was none. */
  private noticedMs: number | undefined;

  constructor(
    private readonly checker: string,
    private readonly note: (news: JournalNews) => void,
  ) {}

  /** When other checkers, or earlier ones, were last alive. */
  adopt(beatsMs: Iterable<number>): void {
    for (const beatMs of beatsMs) this.lastMs = Math.max(this.lastMs ?? beatMs, beatMs);
  }

  /** Another says that it has checked for so long without a pause: that fills a silence of which it saw the beginning. */
  hear(checksForMs: number, nowMs: number): void {
    const isFilled = this.lastMs === undefined || nowMs - checksForMs - this.lastMs <= silenceMs;
    if (isFilled) this.adopt([nowMs]);
  }

  /** For how long this checker has checked without a pause; undefined before it has begun. */
  checksForMs(nowMs: number): number | undefined {
    this.noticePause(nowMs);
    return this.begunMs === undefined ? undefined : Math.max(0, nowMs - this.begunMs);
  }

  /** From now on this checker knows what it says. Safe to repeat. */
  begin(nowMs: number, others: Others): void {
    if (this.begunMs !== undefined) return;
    [this.begunMs, this.lookedAtMs] = [nowMs, nowMs];
    this.look(nowMs, others);
  }

  /** To be called every second or so. */
  look(nowMs: number, others: Others): void {
    if (this.begunMs === undefined) return;
    this.noticePause(nowMs);
    if (this.isSilence(nowMs)) {
      this.noticedMs ??= nowMs;
      const haveTold = others === 'nobody' || (others === 'heard' && nowMs - this.noticedMs >= hearMs);
      if (!haveTold) return;
    }
    this.end(nowMs);
  }

  /** At the end: nobody can tell us any more. */
  flush(nowMs: number): void {
    if (this.noticedMs !== undefined) this.end(nowMs);
  }

  private end(nowMs: number): void {
    if (this.lastMs !== undefined && this.isSilence(nowMs)) this.note(resumed(this.checker, this.lastMs));
    this.lastMs = nowMs;
    this.noticedMs = undefined;
  }

  private isSilence(nowMs: number): boolean {
    return this.lastMs !== undefined && nowMs - this.lastMs > silenceMs;
  }

  /** Our own, as long as it was: whatever was heard before it proves nothing. */
  private noticePause(nowMs: number): void {
    const hasPaused = this.begunMs !== undefined && nowMs - this.lookedAtMs > silenceMs;
    if (hasPaused) [this.begunMs, this.noticedMs] = [nowMs, undefined];
    this.lookedAtMs = nowMs;
  }
}

const resumed = (checker: string, lastMs: number): JournalNews => {
  const silentSince = new Date(lastMs).toISOString();
  const sentence = `Nobody had checked any real server since ${silentSince}; it is done again`;
  return { kind: 'checks-resumed', sentence, entities: [], checker, silentSince };
};
