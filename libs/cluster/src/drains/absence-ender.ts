import type { ClusterCommandOf } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { returnOf } from '../rules/absence.ts';
import type { Cluster } from '../state/cluster.ts';
import { DueServers, orderOf } from './due-servers.ts';

export type AbsenceEnderParts = {
  /** As far as it was read. */
  readonly cluster: () => Cluster;
  /** Into the book. Throws when it is out of reach. */
  readonly record: (wish: ClusterCommandOf<'EndAbsence'>, reason: string) => Promise<unknown>;
  readonly clock: Clock;
};

/** Brings real servers online that were drained or halted until now: without timers, as `DrainEnder` works. */
export class AbsenceEnder {
  private readonly due = new DueServers(returnOf);

  constructor(private readonly parts: AbsenceEnderParts) {}

  /** Ends what is due. Throws what `record` throws; call it again, and again in a second. */
  async round(): Promise<void> {
    const { cluster, clock, record } = this.parts;
    const due = this.due.at(cluster(), clock.nowMs());
    await Promise.all(
      due.map((away) => record({ kind: 'EndAbsence', realServerId: away.id }, `end of the ${orderOf(away)}`)),
    );
  }
}
