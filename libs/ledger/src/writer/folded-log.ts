import type { Commit, Hash, LogName, Revision, SealedCommit } from '@evenkeel/contracts';
import { type Sha256, tailAfter } from '../seal.ts';
import type { Tail } from '../tail.ts';
import { unseal } from '../unseal.ts';
import { verifyChain } from '../verify-chain.ts';
import type { CommitLogPort, ReadPage } from './commit-log-port.ts';
import { BrokenLog } from './failures.ts';
import type { Trouble } from './trouble.ts';

/** A state and the place in the log that it belongs to. */
export type Point<State> = {
  readonly state: State;
  readonly tail: Tail;
  /** Of the last commit: no later one is dated before it. ISO 8601 in UTC, so texts compare as times do. */
  readonly time: string;
};

export type Evolve<State> = (state: State, commit: Commit, hash: Hash) => State;
export type CommitListener = (sealed: readonly SealedCommit[]) => void;

export type FoldedLogOptions<State> = {
  readonly log: LogName;
  readonly logPort: CommitLogPort;
  readonly evolve: Evolve<State>;
  /** Where to start: the empty state at revision 0, or a snapshot. */
  readonly initial: { readonly state: State; readonly revision: Revision; readonly hash: Hash };
  readonly sha256: Sha256;
};

// Large enough to make round trips cheap, small enough not to hold a whole history twice.
const page = { limit: 2_000, bytesMax: 8 * 1024 * 1024 };

/** A log folded into a state, committed revisions only. Callers must not overlap `catchUp` and `advance`. */
export class FoldedLog<State> {
  private at: Point<State>;
  private hasCheckedStart = false;
  private listeners: readonly CommitListener[] = [];

  constructor(
    private readonly options: FoldedLogOptions<State>,
    private readonly trouble: Trouble,
  ) {
    const { log, initial } = options;
    this.at = { state: initial.state, tail: { log, revision: initial.revision, hash: initial.hash }, time: '' };
  }

  get point(): Point<State> {
    return this.at;
  }

  /** `listener` gets every commit that becomes known, once and in order. It must not throw. */
  listen(listener: CommitListener): void {
    this.listeners = [...this.listeners, listener];
  }

  /** Takes over commits that we appended ourselves. */
  advance(point: Point<State>, sealed: readonly SealedCommit[]): void {
    this.at = point;
    if (sealed.length > 0) this.listeners.forEach((listener) => listener(sealed));
  }

  /** Reads and folds what is new. Throws `LogUnavailable`, `BrokenLog`, `UnreadableCommit`, and what `evolve` throws. */
  async catchUp(): Promise<void> {
    if (!this.hasCheckedStart) await this.checkStart();
    let head: number;
    do {
      const { commits, head: newest } = await this.read({ after: this.at.tail.revision, ...page });
      head = newest;
      if (commits.length === 0) this.refuseWrongHead(head);
      this.fold(commits.map(unseal));
    } while (head > this.at.tail.revision);
  }

  /** A snapshot may belong to another history, such as the one before a restore. */
  private async checkStart(): Promise<void> {
    const { tail } = this.at;
    if (tail.revision > 0) {
      const before = (tail.revision - 1) as Revision;
      const { commits } = await this.read({ after: before, ...page, limit: 1 });
      const [start] = commits.map(unseal);
      const said = start?.hash ?? 'no commit';
      if (start === undefined || said !== tail.hash) this.break('wrong-hash', tail.revision, said, tail.hash);
      this.at = { ...this.at, time: start.commit.time };
    }
    this.hasCheckedStart = true;
  }

  private fold(sealed: readonly SealedCommit[]): void {
    const { log, evolve, sha256 } = this.options;
    const checked = verifyChain(sealed, this.at.tail, sha256);
    if (!checked.ok) throw new BrokenLog(log, checked.refusal);
    const last = sealed.at(-1);
    if (last === undefined) return;
    const state = sealed.reduce((folded, { commit, hash }) => evolve(folded, commit, hash), this.at.state);
    this.advance({ state, tail: tailAfter(last), time: last.commit.time }, sealed);
  }

  /** A shorter log would silently take back what was acknowledged; a longer one has lost commits. */
  private refuseWrongHead(head: number): void {
    const { revision } = this.at.tail;
    if (head !== revision) this.break('wrong-revision', revision + 1, `the log ends at ${head}`, `at ${revision}`);
  }

  private break(kind: BrokenLog['fault']['kind'], revision: number, said: string, right: string): never {
    throw new BrokenLog(this.options.log, { kind, revision, said, right });
  }

  private read(query: Omit<ReadPage, 'log'>) {
    const { log, logPort } = this.options;
    return this.trouble.overcome(() => logPort.readPage({ log, ...query }));
  }
}
