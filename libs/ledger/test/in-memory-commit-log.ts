import type { CommitsPage, LogName, SealedCommit } from '@evenkeel/contracts';
import {
  type AnswerKey,
  type Appended,
  type CommitLogPort,
  emptyTail,
  type KeptAnswer,
  type ReadPage,
  type Tail,
  tailAfter,
} from '../src/index.ts';
import { utf8Length } from './utf8-length.ts';

/** The twin of the log in Postgres. `commitLogSuite` keeps the two alike. */
export class InMemoryCommitLog implements CommitLogPort {
  private readonly commits = new Map<LogName, SealedCommit[]>();
  private readonly answers = new Map<string, KeptAnswer>();

  head(log: LogName): Promise<Tail> {
    return Promise.resolve(this.tailOf(log));
  }

  readPage({ log, after, limit, bytesMax }: ReadPage): Promise<CommitsPage> {
    let bytes = 0;
    const rest = this.all(log).slice(after, after + limit);
    const fitting = rest.filter(({ body }, index) => (bytes += utf8Length(body)) <= bytesMax || index === 0);
    const commits = fitting.map(({ body, hash }) => ({ body, hash }));
    return Promise.resolve({ head: this.tailOf(log).revision, commits });
  }

  append(expected: Tail, sealed: readonly SealedCommit[], answers: readonly KeptAnswer[]): Promise<Appended> {
    const tail = this.tailOf(expected.log);
    if (tail.revision !== expected.revision || tail.hash !== expected.hash) return Promise.resolve('moved');
    const keys = answers.map((answer) => keyOf(expected.log, answer));
    if (new Set(keys).size < keys.length || keys.some((key) => this.answers.has(key))) {
      return Promise.resolve('duplicate-key');
    }
    answers.forEach((answer, index) => this.answers.set(keys[index]!, answer));
    this.commits.set(expected.log, [...this.all(expected.log), ...sealed]);
    return Promise.resolve('appended');
  }

  findAnswer(log: LogName, key: AnswerKey): Promise<KeptAnswer | undefined> {
    return Promise.resolve(this.answers.get(keyOf(log, key)));
  }

  /** Everything in the log, oldest first. */
  all(log: LogName): readonly SealedCommit[] {
    return this.commits.get(log) ?? [];
  }

  private tailOf(log: LogName): Tail {
    const last = this.all(log).at(-1);
    return last === undefined ? emptyTail(log) : tailAfter(last);
  }
}

const keyOf = (log: LogName, { actor, key }: AnswerKey): string => JSON.stringify([log, actor, key]);
