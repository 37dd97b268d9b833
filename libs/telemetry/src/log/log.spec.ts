import { context, trace, TraceFlags } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Level } from './log.ts';
import { nestLogger } from './nest-logger.ts';
import { type LogBook, openLogBook } from './pino-log.ts';
import { readable } from './readable.ts';

const sdk = new NodeSDK({ spanProcessors: [], metricReaders: [] });
beforeAll(() => sdk.start());
afterAll(() => sdk.shutdown());

const books: LogBook[] = [];
afterEach(() => books.splice(0).forEach((book) => book.close()));

const open = (level: Level = 'info'): { book: LogBook; lines: () => Record<string, unknown>[]; text: () => string } => {
  const written: string[] = [];
  const book = openLogBook(level, { write: (line) => written.push(line) });
  books.push(book);
  return {
    book,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  };
};

it('writes one JSON object a line: time, level, service, words, and what is known besides', () => {
  const { book, lines } = open();
  book.of('config').info('stored', { revision: 7, actor: 'administrator' });
  expect(lines()).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      level: 'info',
      service: 'config',
      msg: 'stored',
      revision: 7,
      actor: 'administrator',
    },
  ]);
});

it('names the trace that a line belongs to', () => {
  const { book, lines } = open();
  const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
  context.with(trace.setSpanContext(context.active(), span), () => book.of('gateway').warn('slow'));
  book.of('gateway').warn('elsewhere');
  expect(lines()[0]).toMatchObject({ trace_id: span.traceId, span_id: span.spanId });
  expect(lines()[1]).not.toHaveProperty('trace_id');
});

it('writes nothing below its level', () => {
  const { book, lines } = open('warn');
  book.of('health').info('quiet');
  expect(lines()).toEqual([]);
});

it('counts what Nest repeats as well', () => {
  const { book, lines } = open();
  const nest = nestLogger(book.of('gateway'));
  for (let times = 0; times < 5; times += 1) nest.error('it broke', 'ClientNats');
  nest.log('Nest application successfully started', 'NestApplication');
  expect(lines()).toMatchObject([{ level: 'error', msg: 'it broke', context: 'ClientNats' }]);
});

it('lets no secret through, whoever put it into the words of an error', () => {
  const { book, text } = open('debug');
  const canary = 'CanaryOfTheTest0123';
  const log = book.of('config');
  log.error(`no way to postgres://evenkeel_config:${canary}@127.0.0.1:5432/evenkeel`);
  log.error('refused', { err: new Error(`Authorization: Bearer ek_admin_0011223344556677_${canary}`) });
  log.warn(`Bearer ${canary}`);
  log.warn('options', { err: Object.assign(new Error('bus'), { options: { user: 'evenkeel', password: canary } }) });
  log.debug(`NATS_PASSWORD=${canary}`);
  nestLogger(log).error({ secret: canary });
  expect(text()).toContain('postgres://evenkeel_config:[redacted]@127.0.0.1:5432/evenkeel');
  expect(text()).toContain('ek_admin_0011223344556677_[redacted]');
  expect(text()).not.toContain(canary);
  for (const line of text().trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
});

it('is readable at a terminal', () => {
  const lines: string[] = [];
  openLogBook(
    'info',
    readable((line) => lines.push(line)),
  )
    .of('proxy')
    .info('HAProxy: adopted');
  expect(lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d info proxy: HAProxy: adopted\n$/)]);
});
