import type { Convergence, Revision } from '@evenkeel/contracts';
import type { Clock, Rest } from '@evenkeel/kernel';
import type { ClusterView } from '../book/cluster-view.ts';
import type { Sendable } from './event-streams.ts';
import { frame, heartbeat } from './frame.ts';

/** Reports come every second; a node falls silent without one. */
const lookMs = 1_000;
/** Looks between two signs of life, when nothing is new. */
const quietLooks = 15;

/** Where the nodes are with one revision, whenever that has changed, until they have all seen it or one refused it. */
export class ConvergenceStream implements Sendable {
  private readonly stopWatching: () => void;
  private rest: Rest | undefined;
  private hasEnded = false;

  /** Watches from now on: `end` must be called. */
  constructor(
    private readonly view: Pick<ClusterView, 'convergence' | 'watch'>,
    private readonly revision: Revision,
    private readonly clock: Clock,
  ) {
    this.stopWatching = view.watch({ report: () => this.rest?.wake() });
  }

  end(): void {
    this.hasEnded = true;
    this.stopWatching();
    this.rest?.wake();
  }

  async *text(): AsyncGenerator<string, void> {
    let told = '';
    let quiet = 0;
    try {
      while (!this.hasEnded) {
        const convergence = this.view.convergence(this.revision);
        const news = newsIn(convergence);
        if (news !== told) yield frame('convergence', convergence);
        else if ((quiet += 1) % quietLooks === 0) yield heartbeat;
        told = news;
        if (convergence.state !== 'pending') return;
        this.rest = this.clock.rest(lookMs);
        await this.rest.over;
      }
    } finally {
      this.end();
    }
  }
}

/** That a node said the same again is no news. */
const newsIn = (convergence: Convergence): string =>
  JSON.stringify(convergence, (field, value: unknown) => (field === 'reportedAt' ? undefined : value));
