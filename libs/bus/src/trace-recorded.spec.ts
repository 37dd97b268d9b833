import type { SpanContext } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, expect, it } from '@jest/globals';

const exporter = new InMemorySpanExporter();
const spanProcessors = [new SimpleSpanProcessor({ exporter })];
// Spans wait for what the detectors of resources find out.
const sdk = new NodeSDK({ spanProcessors, metricReaders: [], autoDetectResources: false });
sdk.start();
afterAll(() => sdk.shutdown());
const { inSpan, receiving, senderIn, sending, somewhereIn } = await import('./trace.ts'); // as in production: after the SDK

const last = (): ReadableSpan | undefined => exporter.getFinishedSpans().at(-1);

it('leads from a message to the span that sent it, and links what takes it in to that', async () => {
  const sender = await sending('subject', (headers) => Promise.resolve(senderIn(headers)));
  expect(sender?.spanId).toBe(last()?.spanContext().spanId);
  receiving('subject', sender as SpanContext).end();
  expect(last()?.links[0]?.context.spanId).toBe(sender?.spanId);
  expect(last()?.spanContext().traceId).not.toBe(sender?.traceId);
});

it('publishes a commit of another process in the trace of its command', async () => {
  const traceId = 'ab'.repeat(16);
  await sending('subject', () => Promise.resolve(), somewhereIn(traceId));
  expect(last()?.spanContext().traceId).toBe(traceId);
});

it('describes a span, and notes what failed in it', async () => {
  const fails = (): Promise<never> => Promise.reject(new Error('it broke'));
  const described = inSpan('step', fails, () => ({ kind: 'reload' }), { after: 'none' });
  await expect(described).rejects.toThrow('it broke');
  expect(last()).toMatchObject({ attributes: { kind: 'reload' }, events: [{ name: 'exception' }] });
});
