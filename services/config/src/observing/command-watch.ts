import { activeSpanContext } from '@evenkeel/bus';
import type { CommandAnswer, CommandRequest, Commit } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { durations } from '@evenkeel/telemetry';
import type { SpanContext } from '@opentelemetry/api';

/** Traces whose commits may still be on their way to the stream. */
const rememberedMax = 1_000;

/**
 * Times commands, and remembers in which span each came: it is decided, stored and published in loops that serve many at
 * once, and each step belongs to the trace of its command.
 */
export class CommandWatch {
  private readonly spanByWish = new WeakMap<object, SpanContext>();
  private readonly spanByTrace = new Map<string, SpanContext>();
  private readonly told = durations('commandDuration');

  constructor(private readonly clock: Clock) {}

  async around(request: CommandRequest, work: () => Promise<CommandAnswer>): Promise<CommandAnswer> {
    const { kind: command } = request.command;
    const startedAtMs = this.clock.monotonicMs();
    this.remember(request);
    let outcome: Outcome = 'failed';
    try {
      const answer = await work();
      outcome = outcomeOf(answer);
      return answer;
    } finally {
      this.told({ command, outcome }, this.clock.monotonicMs() - startedAtMs);
    }
  }

  /** Undefined when nothing records. */
  spanOfWish(wish: object): SpanContext | undefined {
    return this.spanByWish.get(wish);
  }

  /** Undefined also for a commit of another process. */
  spanOfCommit({ traceId }: Pick<Commit, 'traceId'>): SpanContext | undefined {
    return traceId === undefined ? undefined : this.spanByTrace.get(traceId);
  }

  private remember(request: CommandRequest): void {
    const span = activeSpanContext();
    if (span === undefined) return;
    this.spanByWish.set(request, span);
    if (request.traceId === undefined) return;
    this.spanByTrace.set(request.traceId, span);
    const [oldest] = this.spanByTrace.keys();
    if (this.spanByTrace.size > rememberedMax && oldest !== undefined) this.spanByTrace.delete(oldest);
  }
}

type Outcome = 'changed' | 'unchanged' | 'refused' | 'unavailable' | 'failed';

const outcomeOf = (answer: CommandAnswer): Outcome => {
  if (answer.kind !== 'done') return answer.kind;
  return answer.outcome.changed ? 'changed' : 'unchanged';
};
