import type { History } from '@evenkeel/cluster';
import type { ClusterCommand, LogName } from '@evenkeel/contracts';
import type { Archive } from './archive.ts';

/**
 * What a decision needs to know of the past. Reading it takes Postgres and time, and deciding has neither: so it is read
 * before, and lies beside the wish until the wish is gone. Not in it: the wish's content is what an idempotency key covers.
 */
export class Histories {
  private readonly byCommand = new WeakMap<ClusterCommand, History>();

  constructor(
    private readonly archive: Pick<Archive, 'history'>,
    private readonly log: LogName,
  ) {}

  /** Reads what `command` needs, if it needs anything. Throws when Postgres is away. */
  async read(command: ClusterCommand): Promise<void> {
    if (command.kind !== 'RevertCommit') return;
    const history = await this.archive.history(this.log, command.revision);
    if (history !== undefined) this.byCommand.set(command, history);
  }

  of(command: ClusterCommand): History | undefined {
    return this.byCommand.get(command);
  }
}
