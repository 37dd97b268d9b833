import type { RealServerId, Verdict, VerdictState } from '@evenkeel/contracts';
import type { VerdictBucket, VerdictNews } from './verdict-bucket.ts';

/** `atMs` is the checker's own time: two that differ are two signs of life. */
export type OnBeat = (checker: string, atMs: number) => void;

/** One reader's copy of all verdicts, kept up from the bucket. */
export class VerdictMirror {
  private verdicts = new Map<RealServerId, Verdict>();
  private stateById: ReadonlyMap<RealServerId, VerdictState> = new Map();
  private isCurrent = false;

  constructor(private readonly bucket: VerdictBucket) {}

  /** What is known: after a lost connection the last known, until the bucket has told everything anew. */
  current(): ReadonlyMap<RealServerId, Verdict> {
    return this.verdicts;
  }

  /** The states alone; another map whenever one has changed, and the same one when only evidence has. */
  states(): ReadonlyMap<RealServerId, VerdictState> {
    return this.stateById;
  }

  /** Whether everything in the bucket was read once. */
  hasCaughtUp(): boolean {
    return this.isCurrent;
  }

  /**
   * Reads until the connection ends; calls `onChange` when `states` changed, and `onBeat` at a checker's sign of life, when
   * all is known here that it had judged until then. May be called again then. Throws the client's errors.
   */
  async follow(onChange: () => void, onBeat: OnBeat = () => undefined): Promise<void> {
    // Filled beside the old copy, so that verdicts deleted while we were away do not stay, and none is missing meanwhile.
    let reading: Map<RealServerId, Verdict> | undefined = new Map();
    for await (const news of this.bucket.watch()) {
      if (news.kind === 'verdict') (reading ?? this.verdicts).set(news.verdict.realServerId, news.verdict);
      if (news.kind === 'gone') (reading ?? this.verdicts).delete(news.realServerId);
      if (news.kind === 'caught-up' && reading !== undefined) {
        this.verdicts = reading;
        reading = undefined;
        this.isCurrent = true;
        this.stateById = new Map([...this.verdicts].map(([id, { state }]) => [id, state]));
        onChange();
      } else if (reading === undefined) {
        if (this.changeState(news)) onChange();
        if (news.kind === 'beat') onBeat(news.checker, news.atMs);
      }
    }
  }

  /** Whether the news changed a state. */
  private changeState(news: VerdictNews): boolean {
    if (news.kind === 'gone') return this.replaceState(news.realServerId, undefined);
    return news.kind === 'verdict' && this.replaceState(news.verdict.realServerId, news.verdict.state);
  }

  private replaceState(id: RealServerId, state: VerdictState | undefined): boolean {
    if (this.stateById.get(id) === state) return false;
    const states = new Map(this.stateById);
    if (state === undefined) states.delete(id);
    else states.set(id, state);
    this.stateById = states;
    return true;
  }
}
