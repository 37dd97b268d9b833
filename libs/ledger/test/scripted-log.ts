import type { CommitsPage, LogName, SealedCommit } from '@evenkeel/contracts';
import type { AnswerKey, Appended, KeptAnswer, ReadPage, Tail } from '../src/index.ts';
import { InMemoryCommitLog } from './in-memory-commit-log.ts';

type Append = () => Promise<Appended>;

/** A log in memory that can be told what to do with its next appends, and to be away. */
export class ScriptedLog extends InMemoryCommitLog {
  /** Each takes one append in its hands; without one, the append is simply done. */
  readonly nextAppends: ((append: Append) => Promise<Appended>)[] = [];
  /** Everything throws this while it is set. */
  away: Error | undefined;
  /** How many commits each append carried. */
  readonly flights: number[] = [];
  private lastAppend: Promise<unknown> = Promise.resolve();

  override head(log: LogName): Promise<Tail> {
    return this.unlessAway(() => super.head(log));
  }

  override readPage(query: ReadPage): Promise<CommitsPage> {
    return this.unlessAway(() => super.readPage(query));
  }

  override findAnswer(log: LogName, key: AnswerKey): Promise<KeptAnswer | undefined> {
    return this.unlessAway(() => super.findAnswer(log, key));
  }

  override append(expected: Tail, sealed: readonly SealedCommit[], answers: readonly KeptAnswer[]): Promise<Appended> {
    this.flights.push(sealed.length);
    const append = () => super.append(expected, sealed, answers);
    const script = this.nextAppends.shift();
    const done = this.lastAppend.then(() => this.unlessAway(() => script?.(append) ?? append()));
    this.lastAppend = done.catch(() => {});
    return done;
  }

  private unlessAway<T>(work: () => Promise<T>): Promise<T> {
    return this.away === undefined ? work() : Promise.reject(this.away);
  }
}

/** An append that waits until it is let go. */
export const held = () => {
  const gate = Promise.withResolvers<void>();
  return {
    letGo: () => gate.resolve(),
    take: async (append: Append): Promise<Appended> => {
      await gate.promise;
      return append();
    },
  };
};
