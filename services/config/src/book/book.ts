import { type Cluster, decideAll } from '@evenkeel/cluster';
import type {
  BookUnavailable,
  ClusterCommand,
  ClusterRefusal,
  CommandAnswer,
  CommandRequest,
  RehearsalAnswer,
  RehearsalRequest,
} from '@evenkeel/contracts';
import { Bug } from '@evenkeel/kernel';
import { type GroupCommitter, LogContended, LogUnavailable, WriterFull } from '@evenkeel/ledger';
import type { CommandWatch } from '../observing/command-watch.ts';
import { contextOf, type Remarks, type Surroundings } from './decide-wish.ts';
import type { Histories } from './histories.ts';

export type Writer = GroupCommitter<Cluster, ClusterCommand, ClusterRefusal, Remarks>;

/** Where wishes become commits. */
export class Book {
  constructor(
    private readonly writer: Writer,
    private readonly histories: Histories,
    private readonly watch: CommandWatch,
    private readonly surroundings: Surroundings,
  ) {}

  /** Refusals and a log out of reach are answers; throws only what nobody expected. */
  command(request: CommandRequest): Promise<CommandAnswer> {
    return this.watch.around(request, () => this.record(request));
  }

  private async record(request: CommandRequest): Promise<CommandAnswer> {
    const unread = await this.readHistory(request.command);
    if (unread !== undefined) return unread;
    try {
      const answer = await this.writer.submit(request);
      if (!answer.ok) return { kind: 'refused', refusal: answer.refusal };
      const { revision, changed, events, extra } = answer.value;
      return { kind: 'done', outcome: { revision, changed, events: [...events], ...extra, lint: [...extra.lint] } };
    } catch (failure) {
      return unavailable(failure);
    }
  }

  /**
   * What the commands would do to the newest state there is, by the same rules. Nothing is stored, and no other writer is
   * held up.
   */
  async rehearse({ commands, actor, reason, ticket, ifMatch }: RehearsalRequest): Promise<RehearsalAnswer> {
    for (const command of commands) {
      const unread = await this.readHistory(command);
      if (unread !== undefined) return unread;
    }
    try {
      await this.writer.catchUp();
    } catch (failure) {
      return unavailable(failure);
    }
    const answer = decideAll(this.writer.state(), commands, (command, index) =>
      contextOf(this.surroundings, { command, actor, reason, ticket, ifMatch: index === 0 ? ifMatch : undefined }),
    );
    return answer.ok ? { kind: 'done', rehearsal: answer.value } : { kind: 'refused', ...answer.refusal };
  }

  private async readHistory(command: ClusterCommand): Promise<BookUnavailable | undefined> {
    try {
      await this.histories.read(command);
      return undefined;
    } catch (failure) {
      if (failure instanceof Bug) throw failure;
      return { kind: 'unavailable', detail: 'The history cannot be read.', mayBeRecorded: false };
    }
  }
}

const unavailable = (failure: unknown): BookUnavailable => {
  if (failure instanceof LogUnavailable) {
    return { kind: 'unavailable', detail: 'Postgres does not answer.', mayBeRecorded: failure.mayBeRecorded };
  }
  if (failure instanceof WriterFull) {
    return { kind: 'unavailable', detail: 'More changes are waiting than can be taken.', mayBeRecorded: false };
  }
  if (failure instanceof LogContended) {
    return { kind: 'unavailable', detail: 'Other writers were faster, time after time.', mayBeRecorded: false };
  }
  throw failure;
};
