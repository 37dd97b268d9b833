import type { Cluster } from '@evenkeel/cluster';
import type { ClusterCommand, ClusterRefusal, CommandAnswer, CommandRequest } from '@evenkeel/contracts';
import { type GroupCommitter, LogContended, LogUnavailable, WriterFull } from '@evenkeel/ledger';
import type { CommandWatch } from '../observing/command-watch.ts';
import type { Remarks } from './decide-wish.ts';

export type Writer = GroupCommitter<Cluster, ClusterCommand, ClusterRefusal, Remarks>;

/** Where wishes become commits. */
export class Book {
  constructor(
    private readonly writer: Writer,
    private readonly watch: CommandWatch,
  ) {}

  /** Refusals and a log out of reach are answers; throws only what nobody expected. */
  command(request: CommandRequest): Promise<CommandAnswer> {
    return this.watch.around(request, () => this.record(request));
  }

  private async record(request: CommandRequest): Promise<CommandAnswer> {
    try {
      const answer = await this.writer.submit(request);
      if (!answer.ok) return { kind: 'refused', refusal: answer.refusal };
      const { revision, changed, events, extra } = answer.value;
      const { review, lint } = extra;
      const told = review === undefined ? { lint: [...lint] } : { review, lint: [...lint] };
      return { kind: 'done', outcome: { revision, changed, events: [...events], ...told } };
    } catch (failure) {
      return unavailable(failure);
    }
  }
}

const unavailable = (failure: unknown): CommandAnswer => {
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
