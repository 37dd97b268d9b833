import { problem } from '../problems/problem-exception.ts';

/** Several windows of one person, and a script or two. */
const streamsMax = 20;

/** How many streams each caller has open. */
export class StreamLimit {
  private readonly open = new Map<string, number>();

  /** Throws the problem `too-many-streams`. Returns how to give the place back, which is safe to repeat. */
  take(who: string): () => void {
    const count = this.open.get(who) ?? 0;
    if (count >= streamsMax) {
      const detail = `${who} has ${count} streams open, which is all that one may have. Close one first.`;
      throw problem(429, 'too-many-streams', detail, undefined, { retryAfterSeconds: 5 });
    }
    this.open.set(who, count + 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.giveBack(who);
      isTaken = false;
    };
  }

  private giveBack(who: string): void {
    const count = this.open.get(who) ?? 0;
    if (count > 1) this.open.set(who, count - 1);
    else this.open.delete(who);
  }
}
