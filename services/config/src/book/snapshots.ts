import type { ClusterSnapshot, LogName, Revision } from '@evenkeel/contracts';

export type SnapshotStore = { saveSnapshot(log: LogName, snapshot: ClusterSnapshot): Promise<void> };

/** Stores the state every so many commits, so that a new reader need not read the whole history. */
export class Snapshots {
  private stored = 0;

  constructor(
    private readonly store_: SnapshotStore,
    private readonly log: LogName,
    private readonly every: number,
  ) {}

  isDue(revision: Revision): boolean {
    return revision - this.stored >= this.every;
  }

  /** Stores `snapshot` when it is due. Safe to repeat. */
  async store(snapshot: ClusterSnapshot): Promise<void> {
    if (!this.isDue(snapshot.revision)) return;
    await this.store_.saveSnapshot(this.log, snapshot);
    this.stored = snapshot.revision;
  }
}
