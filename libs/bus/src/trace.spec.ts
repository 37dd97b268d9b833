import { context, trace } from '@opentelemetry/api';
import { describe, expect, it } from '@jest/globals';
import { activeTraceId, inSpan, senderIn, sending } from './trace.ts';

const fails = (): Promise<never> => Promise.reject(new Error('it broke'));

describe('while nothing records', () => {
  it('no trace id gets into the book, and nobody is asked to describe a span', async () => {
    const describeIt = (): never => {
      throw new Error('was asked');
    };
    expect(await inSpan('step', () => Promise.resolve(activeTraceId()), describeIt)).toBeUndefined();
    // The API's own span that does nothing has an id of zeros: it must not be taken for one.
    const nothing = trace.wrapSpanContext({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 });
    expect(context.with(trace.setSpan(context.active(), nothing), activeTraceId)).toBeUndefined();
  });

  it('a message carries no trace', async () => {
    expect(await sending('subject', (headers) => Promise.resolve(senderIn(headers)))).toBeUndefined();
  });

  it('a failure is thrown on', async () => {
    await expect(inSpan('step', fails)).rejects.toThrow('it broke');
  });
});
