import { inSpan } from '@evenkeel/bus';
import {
  type Haproxy,
  type HaproxyFiles,
  HaproxyRefused,
  type Replacement,
  type RunningLayer7,
  type RunningServices,
  type Step,
} from '@evenkeel/data-plane';
import type { Clock } from '@evenkeel/kernel';
import { durations } from '@evenkeel/telemetry';
import { type StepResult, stepCounter } from './step-counter.ts';

/** A HAProxy whose steps are counted and whose reloads are timed; each is a span in the round that wants it. */
export class ObservedHaproxy implements Haproxy {
  private readonly stepped = stepCounter();
  private readonly reloaded = durations('reloadDuration');

  /** `count` reads what HAProxy has counted: its numbers start over with the new worker. */
  constructor(
    private readonly haproxy: Haproxy,
    private readonly clock: Clock,
    private readonly count: () => Promise<void>,
  ) {}

  get incarnation(): number {
    return this.haproxy.incarnation;
  }

  observe(): Promise<RunningLayer7 | undefined> {
    return this.haproxy.observe();
  }

  async apply(steps: readonly Step[], services: readonly string[]): Promise<RunningServices> {
    let result: StepResult = 'failed';
    try {
      const describe = () => ({
        'evenkeel.steps': steps.map(({ kind, service, server }) => `${kind} ${service}/${server}`),
      });
      const seen = await inSpan('step runtime', () => this.haproxy.apply(steps, services), describe);
      result = 'done';
      return seen;
    } catch (failure) {
      if (failure instanceof HaproxyRefused) result = 'refused';
      throw failure;
    } finally {
      for (const { kind } of steps) this.stepped({ kind, result });
    }
  }

  async replace(files: HaproxyFiles): Promise<Replacement> {
    const startedAtMs = this.clock.monotonicMs();
    let result = 'failed';
    // Nobody waits for it: HAProxy looks at the new file meanwhile, and the old worker may end soon after.
    void this.count().catch(() => undefined);
    try {
      const answer = await inSpan('step reload', () => this.haproxy.replace(files));
      result = answer.kind === 'refused' ? 'rejected' : 'applied';
      return answer;
    } finally {
      this.reloaded({ result }, this.clock.monotonicMs() - startedAtMs);
    }
  }

  keep(files: () => HaproxyFiles): void {
    this.haproxy.keep(files);
  }
}
