import type { RealServerId, Verdict, VerdictState } from '@evenkeel/contracts';
import type { VerdictStore } from '@evenkeel/verdicts';

/** A store that remembers what this checker last said of each real server. */
export class VerdictBoard implements VerdictStore {
  private readonly said = new Map<RealServerId, VerdictState>();

  constructor(
    private readonly store: VerdictStore,
    /** Told at each sign of life: this checker knows what it says. */
    private readonly onBeat: () => void,
  ) {}

  put(verdict: Verdict): Promise<void> {
    this.said.set(verdict.realServerId, verdict.state);
    return this.store.put(verdict);
  }

  delete(realServerId: RealServerId): Promise<void> {
    this.said.delete(realServerId);
    return this.store.delete(realServerId);
  }

  beat(checker: string, atMs: number): Promise<void> {
    this.onBeat();
    return this.store.beat(checker, atMs);
  }

  /** What was there already: nothing new is said of it while it stays true. */
  adopt(verdicts: readonly Verdict[]): void {
    for (const { realServerId, state } of verdicts) this.said.set(realServerId, state);
  }

  /** Undefined for a real server that nobody has spoken of. */
  stateOf(id: RealServerId): VerdictState | undefined {
    return this.said.get(id);
  }
}
