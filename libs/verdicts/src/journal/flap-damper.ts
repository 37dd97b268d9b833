import type { JournalNews, RealServerId } from '@evenkeel/contracts';

export type ChangeNews = Extract<JournalNews, { kind: 'verdict-changed' }>;

/** So many changes of one real server in a row are written one by one, and then one in half an hour. */
const [inARow, pauseMs] = [10, 1_800_000];

type Allowance = { readonly left: number; readonly atMs: number };
type Waiting = { readonly news: ChangeNews; readonly skipped: number };

/**
 * A thousand real servers that go up and down every few seconds would fill the journal in minutes, and push out all that
 * happened before. So one that flaps is written less often: its newest change, and how many before it were skipped.
 */
export class FlapDamper {
  private readonly allowances = new Map<RealServerId, Allowance>();
  private readonly waiting = new Map<RealServerId, Waiting>();

  constructor(
    private readonly note: (news: JournalNews) => void,
    private readonly nowMs: () => number,
  ) {}

  take(news: ChangeNews): void {
    const { id } = news.realServer;
    const before = this.waiting.get(id);
    if (before === undefined && this.mayWrite(id)) this.note(news);
    else this.waiting.set(id, { news, skipped: before === undefined ? 0 : before.skipped + 1 });
  }

  /** To be called every second or so: what has waited long enough is written. */
  look(): void {
    for (const [id, one] of this.waiting) if (this.mayWrite(id)) this.write(id, one);
    for (const id of this.allowances.keys()) if (this.leftFor(id) >= inARow) this.allowances.delete(id);
  }

  /** At the end nothing waits any more. */
  flush(): void {
    for (const [id, one] of this.waiting) this.write(id, one);
  }

  private write(id: RealServerId, { news, skipped }: Waiting): void {
    this.waiting.delete(id);
    this.note(skipped === 0 ? news : { ...news, skipped });
  }

  private mayWrite(id: RealServerId): boolean {
    const left = this.leftFor(id);
    if (left < 1) return false;
    this.allowances.set(id, { left: left - 1, atMs: this.nowMs() });
    return true;
  }

  private leftFor(id: RealServerId): number {
    const known = this.allowances.get(id);
    if (known === undefined) return inARow;
    return Math.min(inARow, known.left + (this.nowMs() - known.atMs) / pauseMs);
  }
}
