import * as z from 'zod';

/** What became of the requests of one client, or of several, in a stretch of time. */
export const Account = z.strictObject({
  /** Each has one of the next three fates; one still under way counts when it has one. */
  sent: z.number(),
  answered: z.number(),
  /** Nobody answered within the client's patience, or what came was no answer: a refused connection, a 503, a reset. */
  lost: z.number(),
  /**
   * Sent on a kept connection that the other side was just closing, before a byte of an answer: every HTTP client sends it
   * again on a new one, which is a request of its own here.
   */
  sentAgain: z.number(),
  /** Milliseconds, the longest between two answers; the running one counts. */
  longestGapMs: z.number(),
  /** How often each reason for a loss was seen. */
  reasons: z.record(z.string(), z.number()),
});
export type Account = z.infer<typeof Account>;

type Fate = 'answered' | 'lost' | 'sentAgain';

/** Counts the fates of the requests of one client. */
export class Tally {
  private counts = { answered: 0, lost: 0, sentAgain: 0 };
  private reasons = new Map<string, number>();
  private longestGapMs = 0;
  private lastAnswerMs: number;

  constructor(private readonly nowMs: () => number) {
    this.lastAnswerMs = nowMs();
  }

  answered(): void {
    this.end('answered');
    this.longestGapMs = this.gapMs();
    this.lastAnswerMs = this.nowMs();
  }

  lost(reason: string): void {
    this.end('lost');
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  sentAgain(): void {
    this.end('sentAgain');
  }

  /** What was counted since the last time; a gap that has begun goes on. */
  take(): Account {
    const sent = Object.values(this.counts).reduce((sum, count) => sum + count, 0);
    const account = {
      sent,
      ...this.counts,
      longestGapMs: this.gapMs(),
      reasons: Object.fromEntries(this.reasons),
    };
    this.counts = { answered: 0, lost: 0, sentAgain: 0 };
    this.reasons = new Map();
    this.longestGapMs = 0;
    return account;
  }

  private end(fate: Fate): void {
    this.counts[fate] += 1;
  }

  private gapMs(): number {
    return Math.max(this.longestGapMs, this.nowMs() - this.lastAnswerMs);
  }
}

/** Several clients of one kind as one: the longest gap is that of the client who had it worst. */
export const together = (accounts: readonly Account[]): Account =>
  accounts.reduce(
    (sum, one) => ({
      sent: sum.sent + one.sent,
      answered: sum.answered + one.answered,
      lost: sum.lost + one.lost,
      sentAgain: sum.sentAgain + one.sentAgain,
      longestGapMs: Math.max(sum.longestGapMs, one.longestGapMs),
      reasons: added(sum.reasons, one.reasons),
    }),
    { sent: 0, answered: 0, lost: 0, sentAgain: 0, longestGapMs: 0, reasons: {} },
  );

const added = (one: Account['reasons'], other: Account['reasons']): Account['reasons'] => {
  const sum = { ...one };
  for (const [reason, count] of Object.entries(other)) sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
};
