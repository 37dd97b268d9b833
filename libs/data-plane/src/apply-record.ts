import { type Applied, type NodeReport } from '@evenkeel/contracts';
import { strongest } from './methods.ts';

type Round = Pick<NodeReport, 'received' | 'observed' | 'method' | 'reloadReasons' | 'durationMs'>;
type Effort = Pick<Applied, 'method' | 'reasons' | 'durationMs'>;

const noEffort: Effort = { method: 'none', reasons: [], durationMs: 0 };
/** Contract: a report holds so many. */
const reasonsMax = 50;

/**
 * How the newest revision that was seen running came to run. It may have taken several rounds. What is done later at the
 * same revision (verdicts, drift) is not part of it.
 */
export class ApplyRecord {
  private effort = noEffort;
  private newest: Applied | undefined;

  /** With `round`; nothing while no revision has been seen. */
  after(round: Round, now: string): { readonly applied?: Applied } {
    if (round.received !== this.newest?.revision) {
      this.effort = joined(this.effort, round);
      if (round.observed === round.received) {
        this.newest = { revision: round.received, ...this.effort, time: now };
        this.effort = noEffort;
      }
    }
    return this.newest === undefined ? {} : { applied: this.newest };
  }
}

const joined = (before: Effort, { method, reloadReasons, durationMs }: Round): Effort => ({
  method: strongest([before.method, method]),
  reasons: [...new Set([...before.reasons, ...reloadReasons])].slice(0, reasonsMax),
  durationMs: before.durationMs + durationMs,
});
