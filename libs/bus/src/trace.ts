import { headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node';
import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';

// There is no NATS instrumentation for this client. Attribute names: OpenTelemetry messaging conventions (Development),
// kept in this one file. Without an SDK every span here is the API's own that does nothing.

const tracer = trace.getTracer('evenkeel');
const setter = { set: (carrier: MsgHdrs, key: string, value: string) => carrier.set(key, value) };
const getter = {
  get: (carrier: MsgHdrs, key: string) => carrier.get(key) || undefined,
  keys: (carrier: MsgHdrs) => carrier.keys(),
};

/** Headers that carry the active trace context. */
export const tracedHeaders = (): MsgHdrs => {
  const carrier = natsHeaders();
  propagation.inject(context.active(), carrier, setter);
  return carrier;
};

/** The id of the active trace; undefined when nothing records. */
export const activeTraceId = (): string | undefined => activeSpanContext()?.traceId;

/** Where the active span is; undefined when nothing records. Kept, it is what a later span can follow or link to. */
export const activeSpanContext = (): SpanContext | undefined => validIn(context.active());

/** The span that sent these headers; undefined when it was not traced. */
export const senderIn = (headers: MsgHdrs | undefined): SpanContext | undefined =>
  headers === undefined ? undefined : validIn(propagation.extract(ROOT_CONTEXT, headers, getter));

/**
 * A place in the trace of that id, when the span itself is not known any more: what follows it belongs to the trace, beside
 * its other spans.
 */
export const somewhereIn = (traceId: string): SpanContext => ({
  traceId,
  spanId: traceId.slice(0, 16),
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
});

export type SpanPlace = {
  /** Follows that span instead of the active one; `none` begins a trace of its own. */
  readonly after?: SpanContext | 'none' | undefined;
  /** Spans that caused this one without waiting for it. */
  readonly links?: readonly SpanContext[];
};

/**
 * Runs `work` inside a span of ours. `describe` is only called when somebody records. A thrown failure is noted, and thrown
 * on.
 */
export const inSpan = <T>(
  name: string,
  work: (span: Span) => Promise<T>,
  describe?: () => Attributes,
  { after, links }: SpanPlace = {},
): Promise<T> => {
  const options = links === undefined ? {} : { links: links.map((link) => ({ context: link })) };
  return tracer.startActiveSpan(name, options, contextAfter(after), (span) => {
    if (describe !== undefined && span.isRecording()) span.setAttributes(describe());
    return endWith(span, () => work(span));
  });
};

/** The same for what needs no time but its own. */
export const inSpanSync = <T>(name: string, work: () => T, describe: () => Attributes, { after }: SpanPlace): T =>
  tracer.startActiveSpan(name, {}, contextAfter(after), (span) => {
    try {
      if (span.isRecording()) span.setAttributes(describe());
      return work();
    } finally {
      span.end();
    }
  });

/** Runs `send` inside a producer span; its argument are the headers to send. */
export const sending = <T>(
  subject: string,
  send: (headers: MsgHdrs) => Promise<T>,
  after?: SpanPlace['after'],
): Promise<T> =>
  tracer.startActiveSpan(`send ${subject}`, { kind: SpanKind.PRODUCER }, contextAfter(after), (span) => {
    describeMessage(span, subject, 'send');
    return endWith(span, () => send(tracedHeaders()));
  });

/** Runs `handle` inside a consumer span that continues the trace found in `headers`. */
export const handling = <T>(subject: string, headers: MsgHdrs | undefined, handle: () => Promise<T>): Promise<T> => {
  const parent = headers === undefined ? context.active() : propagation.extract(context.active(), headers, getter);
  return tracer.startActiveSpan(`process ${subject}`, { kind: SpanKind.CONSUMER }, parent, (span) => {
    describeMessage(span, subject, 'process');
    return endWith(span, handle);
  });
};

/**
 * A span for a message that is being taken in, linked to the span that sent it. The caller ends it.
 */
export const receiving = (subject: string, sender: SpanContext): Span => {
  const options = { kind: SpanKind.CONSUMER, links: [{ context: sender }], root: true };
  const span = tracer.startSpan(`process ${subject}`, options);
  describeMessage(span, subject, 'process');
  return span;
};

const validIn = (where: Context): SpanContext | undefined => {
  const found = trace.getSpanContext(where);
  return found !== undefined && isSpanContextValid(found) ? found : undefined;
};

const contextAfter = (after: SpanPlace['after']): Context => {
  if (after === undefined) return context.active();
  return after === 'none' ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, after);
};

const describeMessage = (span: Span, subject: string, operation: string): void => {
  if (!span.isRecording()) return;
  span.setAttributes({
    'messaging.system': 'nats',
    'messaging.destination.name': subject,
    'messaging.operation.type': operation,
  });
};

const endWith = async <T>(span: Span, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (failure) {
    span.recordException(failure as Error);
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw failure;
  } finally {
    span.end();
  }
};
