import type { RealServerId, Verdict, VerdictState } from '@evenkeel/contracts';
import type { VerdictBucket, VerdictNews } from './verdict-bucket.ts';

/** `atMs` is the checker's own time: two that differ are two signs of life. */
export type OnBeat = (checker: string, atMs: number) => void;

/** Whose state has changed; undefined when everything was told anew. */
export type OnStateChange = (id: RealServerId | undefined) => void;

/** One reader's copy of all verdicts, kept up from the bucket. */
export class VerdictMirror {
  private verdicts = new Map<RealServerId, Verdict>();
  /** Made when somebody asks: in a storm of news, once for many. */
  private stateById: ReadonlyMap<RealServerId, VerdictState> | undefined;
  private isCurrent = false;
  private readonly beats = new Map<string, number>();

  constructor(private readonly bucket: VerdictBucket) {}

  /** What is known: after a lost connection the last known, until the bucket has told everything anew. */
  current(): ReadonlyMap<RealServerId, Verdict> {
    return this.verdicts;
  }

  /** The states alone; another map whenever one has changed, and the same one when only evidence has. */
  states(): ReadonlyMap<RealServerId, VerdictState> {
    this.stateById ??= new Map([...this.verdicts].map(([id, { state }]) => [id, state]));
    return this.stateById;
  }

  /** The last sign of life of each checker, by its own clock. */
  beatsMs(): ReadonlyMap<string, number> {
    return this.beats;
  }

  /** Whether everything in the bucket was read once. */
  hasCaughtUp(): boolean {
    return this.isCurrent;
  }

  /**
   * Reads until the connection ends; calls `onChange` when `states` changed, and `onBeat` at a checker's sign of life, when
   * all is known here that it had judged until then. May be called again then. Throws the client's errors.
   */
  async follow(onChange: OnStateChange, onBeat: OnBeat = () => undefined): Promise<void> {
    // Filled beside the old copy, so that verdicts deleted while we were away do not stay, and none is missing meanwhile.
    let reading: Map<RealServerId, Verdict> | undefined = new Map();
    let hasRead = false;
    let hasBeat = false;
    for await (const news of this.bucket.watch()) {
      if (news.kind === 'beat') this.beats.set(news.checker, news.atMs);
      if (reading === undefined) {
        const changed = this.changeState(news);
        if (changed !== undefined) onChange(changed);
        if (news.kind === 'beat') onBeat(news.checker, news.atMs);
        continue;
      }
      take(news, reading);
      hasRead ||= news.kind === 'caught-up';
      hasBeat ||= news.kind === 'beat';
      // A bucket that was made anew is filled by its checker before its first beat: what is known stays until then.
      if (!hasRead || (this.isCurrent && !hasBeat)) continue;
      this.verdicts = reading;
      reading = undefined;
      this.isCurrent = true;
      this.stateById = undefined;
      onChange(undefined);
    }
  }

  /** Whose state the news changed. */
  private changeState(news: VerdictNews): RealServerId | undefined {
    const id = realServerIn(news);
    if (id === undefined) return undefined;
    const before = this.verdicts.get(id)?.state;
    take(news, this.verdicts);
    if (this.verdicts.get(id)?.state === before) return undefined;
    this.stateById = undefined;
    return id;
  }
}

/** The real server that the news is about, if it is about one. */
const realServerIn = (news: VerdictNews): RealServerId | undefined => {
  if (news.kind === 'verdict') return news.verdict.realServerId;
  return news.kind === 'gone' ? news.realServerId : undefined;
};

const take = (news: VerdictNews, verdicts: Map<RealServerId, Verdict>): void => {
  if (news.kind === 'verdict') verdicts.set(news.verdict.realServerId, news.verdict);
  if (news.kind === 'gone') verdicts.delete(news.realServerId);
};
