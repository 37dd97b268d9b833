import type { JournalNews } from '@evenkeel/contracts';

/** Shorter pauses are a busy machine, and hide no change that `fall` would not have hidden. */
const silenceMs = 10_000;

/** Notes when nobody has checked anything for a while: before this checker came, or because its machine stood still. */
export class Silences {
  private lastMs: number | undefined;
  private hasBegun = false;

  constructor(
    private readonly checker: string,
    private readonly note: (news: JournalNews) => void,
  ) {}

  /** When other checkers, or earlier ones, were last alive. */
  adopt(beatsMs: Iterable<number>): void {
    for (const beatMs of beatsMs) this.lastMs = Math.max(this.lastMs ?? beatMs, beatMs);
  }

  /** From now on this checker knows what it says. Safe to repeat. */
  begin(nowMs: number): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.look(nowMs);
  }

  /** To be called every second or so. */
  look(nowMs: number): void {
    if (!this.hasBegun) return;
    if (this.lastMs !== undefined && nowMs - this.lastMs > silenceMs) this.note(resumed(this.checker, this.lastMs));
    this.lastMs = nowMs;
  }
}

const resumed = (checker: string, lastMs: number): JournalNews => {
  const silentSince = new Date(lastMs).toISOString();
  const sentence = `Nobody had checked any real server since ${silentSince}; it is done again`;
  return { kind: 'checks-resumed', sentence, entities: [], checker, silentSince };
};
