import { inSpan } from '@evenkeel/bus';
import type { CommitsPage, LogName, SealedCommit } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import type { AnswerKey, Appended, CommitLogPort, KeptAnswer, ReadPage, Tail } from '@evenkeel/ledger';
import { counter, durations } from '@evenkeel/telemetry';
import type { CommandWatch } from './command-watch.ts';

/** A log whose appends are timed and counted. An append of many commands follows the first and links to the others. */
export class ObservedLog implements CommitLogPort {
  private readonly waited = durations('appendWait');
  private readonly stored = counter('commits');

  constructor(
    private readonly log: CommitLogPort,
    private readonly commands: CommandWatch,
    private readonly clock: Clock,
  ) {}

  async append(expected: Tail, sealed: readonly SealedCommit[], answers: readonly KeptAnswer[]): Promise<Appended> {
    const startedAtMs = this.clock.monotonicMs();
    let outcome: Appended | 'failed' = 'failed';
    try {
      outcome = await this.appendInSpan(expected, sealed, answers);
      if (outcome === 'appended' && sealed.length > 0) this.stored({}, sealed.length);
      return outcome;
    } finally {
      this.waited({ outcome }, this.clock.monotonicMs() - startedAtMs);
    }
  }

  head(log: LogName): Promise<Tail> {
    return this.log.head(log);
  }

  readPage(query: ReadPage): Promise<CommitsPage> {
    return this.log.readPage(query);
  }

  findAnswer(log: LogName, key: AnswerKey): Promise<KeptAnswer | undefined> {
    return this.log.findAnswer(log, key);
  }

  private appendInSpan(
    expected: Tail,
    sealed: readonly SealedCommit[],
    answers: readonly KeptAnswer[],
  ): Promise<Appended> {
    const [after = 'none' as const, ...links] = sealed.flatMap(
      ({ commit }) => this.commands.spanOfCommit(commit) ?? [],
    );
    const describe = () => ({
      'evenkeel.revision': expected.revision + sealed.length,
      'evenkeel.commits': sealed.length,
    });
    return inSpan('append', () => this.log.append(expected, sealed, answers), describe, { after, links });
  }
}
