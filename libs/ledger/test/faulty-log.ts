import type { CommitsPage, LogName, SealedCommit } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { type AnswerKey, type Appended, type KeptAnswer, NotAppended, type ReadPage, type Tail } from '../src/index.ts';
import type { Chance } from './chance.ts';
import { InMemoryCommitLog } from './in-memory-commit-log.ts';

/**
 * A log behind a bad line: slow, sometimes away, and it may lose a request, an answer, or do what it was asked only long
 * after the line was cut. What it does, it does as a whole.
 */
export class FaultyLog extends InMemoryCommitLog {
  isFaulty = true;

  constructor(
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {
    super();
  }

  override async head(log: LogName): Promise<Tail> {
    await this.cross();
    return super.head(log);
  }

  override async readPage(query: ReadPage): Promise<CommitsPage> {
    await this.cross();
    const page = await super.readPage(query);
    await this.cross();
    return page;
  }

  override async findAnswer(log: LogName, key: AnswerKey): Promise<KeptAnswer | undefined> {
    await this.cross();
    return super.findAnswer(log, key);
  }

  override async append(
    expected: Tail,
    sealed: readonly SealedCommit[],
    answers: readonly KeptAnswer[],
  ): Promise<Appended> {
    const append = () => super.append(expected, sealed, answers);
    if (this.happens(0.05)) throw new NotAppended('no connection');
    if (this.happens(0.05)) {
      void this.pause(400).then(append);
      throw new Error('the connection was lost before an answer came');
    }
    await this.cross();
    const appended = await append();
    await this.cross();
    return appended;
  }

  private async cross(): Promise<void> {
    await this.pause(20);
    if (this.happens(0.05)) throw new Error('the line was cut');
  }

  private pause(mostMs: number): Promise<void> {
    return this.clock.rest(Math.floor(this.chance() * mostMs)).over;
  }

  private happens(probability: number): boolean {
    return this.isFaulty && this.chance() < probability;
  }
}
