import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { readInput } from './explain-issues.ts';
import { Address, durationBetween, Label, Reason, Ticket, Timestamp } from './values.ts';

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

describe('a label', () => {
  it.each(['A', '0', 'INFINITT_Web', 'a.b-c_d', 'x'.repeat(64)])('may be %s', (label) =>
    expect(accepts(Label, label)).toBe(true),
  );

  it.each([
    '',
    ' ',
    '-a',
    '.a',
    '_a',
    'a b',
    'a/b',
    'ä',
    'a\n',
    'a\u0000',
    'x'.repeat(65),
    'x'.repeat(1 << 20),
    7,
    null,
  ])('may not be %j', (label) => expect(accepts(Label, label)).toBe(false));
});

describe('an address', () => {
  it.each(['0.0.0.0', '192.168.85.150', '255.255.255.255', '2001:db8::150'])('may be %s', (address) =>
    expect(accepts(Address, address)).toBe(true),
  );

  it.each([
    '256.1.1.1',
    '1.1.1',
    '1.1.1.1.1',
    '01.1.1.1',
    '1.1.1.1/24',
    '1.1.1.1 ',
    '1.1.1.1\n',
    'fe80::1',
    'localhost',
    '',
    16909060,
  ])('may not be %j', (address) => expect(accepts(Address, address)).toBe(false));

  it('is read in one form, however it was written', () => {
    expect(Address.parse('2001:0DB8:0:0::0150')).toBe('2001:db8::150');
  });

  it('that is none is told what would be right', () => {
    const told = readInput(Address, '::ffff:10.0.0.1');
    expect(told.ok || told.refusal).toEqual([
      { pointer: '', detail: '"::ffff:10.0.0.1" does not fit here', expected: 'the IPv4 address itself: 10.0.0.1' },
    ]);
  });
});

describe('a duration between two others', () => {
  const schema = durationBetween('1s', '1h');

  it.each([
    ['60s', '1m'],
    ['1000ms', '1s'],
    ['90s', '90s'],
    ['60m', '1h'],
    ['3600000ms', '1h'],
  ])('is kept in its shortest exact form: %s as %s', (written, kept) => expect(schema.parse(written)).toBe(kept));

  it.each(['999ms', '61m', '2h', '0s', '-1s', '1.5s', '1', 's', '', '1s ', 1000])('may not be %j', (written) =>
    expect(accepts(schema, written)).toBe(false),
  );

  it('keeps a default as it is written', () =>
    expect(z.object({ timeout: schema.default('5s') }).parse({})).toEqual({ timeout: '5s' }));
});

describe('text that a person reads', () => {
  it.each(['because', 'größer → besser', 'it\'s "quoted"', 'x'.repeat(500)])('may be %j', (reason) =>
    expect(accepts(Reason, reason)).toBe(true),
  );

  it.each([
    '',
    'x'.repeat(501),
    'two\nlines',
    'a\rb',
    'tab\there',
    'a\u0000b',
    'a\u001b[31mred',
    'a\u0085b',
    'a\u2028b',
    'a\u2029b',
  ])('cannot forge a second line: not %j', (reason) => expect(accepts(Reason, reason)).toBe(false));

  it('is shorter for a ticket', () => {
    expect(accepts(Ticket, 'x'.repeat(100))).toBe(true);
    expect(accepts(Ticket, 'x'.repeat(101))).toBe(false);
  });
});

describe('a time', () => {
  it('is UTC with milliseconds, so that text order is time order', () => {
    expect(accepts(Timestamp, '2026-03-01T08:00:00.000Z')).toBe(true);
    const wrong = [
      '2026-03-01T08:00:00Z',
      '2026-03-01T08:00:00.000+01:00',
      '2026-03-01',
      '2026-02-30T08:00:00.000Z',
      0,
    ];
    expect(wrong.filter((time) => accepts(Timestamp, time))).toEqual([]);
  });
});
