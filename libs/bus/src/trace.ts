import { headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

// There is no NATS instrumentation for this client. Attribute names: OpenTelemetry messaging conventions (Development),
// kept in this one file.

const tracer = trace.getTracer('evenkeel.nats');
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
export const activeTraceId = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId;

/** Runs `send` inside a producer span; its argument are the headers to send. */
export const sending = <T>(subject: string, send: (headers: MsgHdrs) => Promise<T>): Promise<T> =>
  tracer.startActiveSpan(`send ${subject}`, spanOptions(SpanKind.PRODUCER, subject, 'send'), (span) =>
    endWith(span, () => send(tracedHeaders())),
  );

/** Runs `handle` inside a consumer span that continues the trace found in `headers`. */
export const handling = <T>(subject: string, headers: MsgHdrs | undefined, handle: () => Promise<T>): Promise<T> => {
  const parent = headers === undefined ? context.active() : propagation.extract(context.active(), headers, getter);
  const options = spanOptions(SpanKind.CONSUMER, subject, 'process');
  return tracer.startActiveSpan(`process ${subject}`, options, parent, (span) => endWith(span, handle));
};

const spanOptions = (kind: SpanKind, subject: string, operation: string) => ({
  kind,
  attributes: {
    'messaging.system': 'nats',
    'messaging.destination.name': subject,
    'messaging.operation.type': operation,
  },
});

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
