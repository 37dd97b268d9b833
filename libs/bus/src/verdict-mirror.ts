import type { RealServerId, Verdict } from '@evenkeel/contracts';
import type { VerdictBucket } from './verdict-bucket.ts';

/** One reader's copy of all verdicts, kept up from the bucket. */
export class VerdictMirror {
  private verdicts = new Map<RealServerId, Verdict>();
  private isCurrent = false;

  constructor(private readonly bucket: VerdictBucket) {}

  /** What is known: after a lost connection the last known, until the bucket has told everything anew. */
  current(): ReadonlyMap<RealServerId, Verdict> {
    return this.verdicts;
  }

  /** Whether everything in the bucket was read once. */
  hasCaughtUp(): boolean {
    return this.isCurrent;
  }

  /** Reads until the connection ends; calls `onChange` when `current` changed. May be called again then. Throws the client's errors. */
  async follow(onChange: () => void): Promise<void> {
    // Filled beside the old copy, so that verdicts deleted while we were away do not stay, and none is missing meanwhile.
    let reading: Map<RealServerId, Verdict> | undefined = new Map();
    for await (const news of this.bucket.watch()) {
      if (news.kind === 'caught-up' && reading !== undefined) {
        this.verdicts = reading;
        reading = undefined;
        this.isCurrent = true;
        onChange();
      } else if (news.kind === 'verdict' || news.kind === 'gone') {
        const target = reading ?? this.verdicts;
        if (news.kind === 'verdict') target.set(news.verdict.realServerId, news.verdict);
        else target.delete(news.realServerId);
        if (reading === undefined) onChange();
      }
    }
  }
}
