import { isSpanContextValid, trace } from '@opentelemetry/api';
import { SystemClock } from '@evenkeel/kernel/system';
import { pino } from 'pino';
import { FloodGuard } from './flood-guard.ts';
import { type Level, type Log, logInto } from './log.ts';
import { scrub } from './scrub.ts';

/** Where lines go: each is one JSON object and its line end. */
export type Sink = { write(line: string): void };

export type LogBook = {
  /** The log of one service; the appliance has several in one process. */
  readonly of: (service: string) => Log;
  readonly close: () => void;
};

/** Logs of one process, from `level` on. Fields: `time level service msg`, `trace_id span_id` inside a span, and facts. */
export const openLogBook = (level: Level, sink: Sink): LogBook => {
  const root = pino(
    {
      level,
      base: null, // neither pid nor host name: whoever ships logs knows them better
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: activeSpan,
      hooks: { streamWrite: scrub },
    },
    sink,
  );
  const guards: FloodGuard[] = [];
  const of = (service: string): Log => {
    const child = root.child({ service });
    const guard = new FloodGuard((line) => child[line.level](line.facts, line.words), new SystemClock());
    guards.push(guard);
    return logInto((line) => {
      if (child.isLevelEnabled(line.level)) guard.take(line);
    });
  };
  return { of, close: () => guards.forEach((guard) => guard.close()) };
};

const activeSpan = (): object => {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined || !isSpanContextValid(span) ? {} : { trace_id: span.traceId, span_id: span.spanId };
};
