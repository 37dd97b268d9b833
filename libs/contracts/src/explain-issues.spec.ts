import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { readInput } from './explain-issues.ts';

const Thing = z.strictObject({
  name: z.string().max(5).optional(),
  size: z.int().min(1).max(10).optional(),
  on: z.boolean().optional(),
  port: z.union([z.literal('inherit'), z.int().min(1)]).optional(),
  colour: z.enum(['red', 'blue']).optional(),
  tags: z
    .array(z.string().regex(/^[a-z]+$/, 'small letters'))
    .min(1)
    .max(3)
    .optional(),
  shape: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('circle'), radius: z.number() }),
      z.strictObject({ kind: z.literal('square'), side: z.number() }),
    ])
    .optional(),
  id: z.uuid().optional(),
  labels: z.record(z.string().max(4), z.string()).optional(),
});

const errorsOf = (input: unknown) => {
  const read = readInput(Thing, input);
  return read.ok ? [] : read.refusal;
};

describe('reading an input', () => {
  it('gives what the schema reads', () =>
    expect(readInput(Thing, { name: 'a' })).toEqual({ ok: true, value: { name: 'a' } }));

  it.each<[string, unknown, { pointer: string; detail: string; expected?: string }]>([
    [
      'an unknown field',
      { nome: 1 },
      {
        pointer: '/nome',
        detail: 'unknown field "nome"; known: name, size, on, port, colour, tags, shape, id, labels',
      },
    ],
    ['a wrong type', { name: 7 }, { pointer: '/name', detail: '7 does not fit here', expected: 'text' }],
    [
      'text that is too long',
      { name: 'abcdefg' },
      { pointer: '/name', detail: '"abcdefg" is too long', expected: 'at most 5 characters' },
    ],
    [
      'a number that is too large',
      { size: 11 },
      { pointer: '/size', detail: '11 is too large', expected: 'at most 10' },
    ],
    ['a number that is too small', { size: 0 }, { pointer: '/size', detail: '0 is too small', expected: 'at least 1' }],
    ['half a number', { size: 1.5 }, { pointer: '/size', detail: '1.5 does not fit here', expected: 'a whole number' }],
    ['null', { on: null }, { pointer: '/on', detail: 'null does not fit here', expected: 'true or false' }],
    [
      'neither of two forms',
      { port: 'any' },
      { pointer: '/port', detail: '"any" does not fit here', expected: '"inherit", or a number' },
    ],
    [
      'a value outside a list',
      { colour: 'green' },
      { pointer: '/colour', detail: '"green" does not fit here', expected: 'one of "red", "blue"' },
    ],
    [
      'text in the wrong form, in the words of the schema',
      { tags: ['a', 'B'] },
      { pointer: '/tags/1', detail: '"B" does not fit here', expected: 'small letters' },
    ],
    [
      'a list that is too short',
      { tags: [] },
      { pointer: '/tags', detail: 'a list of 0 is too short', expected: 'at least 1 items' },
    ],
    [
      'an unknown kind',
      { shape: { kind: 'star' } },
      { pointer: '/shape/kind', detail: '"star" does not fit here', expected: 'one of "circle", "square"' },
    ],
    [
      'no kind at all',
      { shape: {} },
      { pointer: '/shape/kind', detail: 'required, and missing', expected: 'one of "circle", "square"' },
    ],
    [
      'a missing field',
      { shape: { kind: 'circle' } },
      { pointer: '/shape/radius', detail: 'required, and missing', expected: 'a number' },
    ],
    [
      'a field of another kind',
      { shape: { kind: 'circle', radius: 1, side: 1 } },
      { pointer: '/shape/side', detail: 'unknown field "side"; known: kind, radius' },
    ],
    ['no UUID', { id: 'x' }, { pointer: '/id', detail: '"x" does not fit here', expected: 'a UUID' }],
    [
      'a field name that does not fit',
      { labels: { toolong: 'x' } },
      { pointer: '/labels/toolong', detail: '"toolong" does not fit here', expected: 'at most 4 characters' },
    ],
    [
      'something else than an object',
      [],
      { pointer: '', detail: 'a list of 0 does not fit here', expected: 'an object' },
    ],
    ['nothing', undefined, { pointer: '', detail: 'required, and missing', expected: 'an object' }],
  ])('explains %s', (_what, input, error) => expect(errorsOf(input)).toEqual([error]));

  it('tells everything that is wrong at once, each place once', () =>
    expect(errorsOf({ name: 1, size: 99, tags: ['A', 'b', 'C'], nome: 1 }).map(({ pointer }) => pointer)).toEqual([
      '/name',
      '/size',
      '/tags/0',
      '/tags/2',
      '/nome',
    ]));

  it('writes pointers as RFC 6901 does', () => expect(errorsOf({ 'a/b~c': 1 })[0]?.pointer).toBe('/a~1b~0c'));
});

describe('an input of bad faith', () => {
  const sizeOf = (input: unknown): number => JSON.stringify(errorsOf(input)).length;

  it.each<[string, unknown]>([
    ['text of a MiB', { name: 'x'.repeat(1 << 20) }],
    ['a field name of a MiB', { ['x'.repeat(1 << 20)]: 1 }],
    ['ten thousand unknown fields', Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${index}`, 1]))],
    ['a list of ten thousand', { tags: Array.from({ length: 10_000 }, () => 'A') }],
  ])('gets a small answer: %s', (_what, input) => expect(sizeOf(input)).toBeLessThan(12_000));

  it('hears how long the text was, and sees its beginning', () =>
    expect(errorsOf({ name: 'x'.repeat(1_000) })[0]?.detail).toBe(
      `"${'x'.repeat(60)}…" (1000 characters) is too long`,
    ));

  it('gets a limited number of errors, and hears that there are more', () => {
    const errors = errorsOf(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${index}`, 1])));
    expect(errors).toHaveLength(51);
    expect(errors.at(-1)?.detail).toMatch(/more/);
  });

  it('puts no control or direction characters into the answer', () => {
    const hostile = 'a\n\u0000\u001b[2J\u0085\u202e\u2028\u200b';
    const answer = errorsOf({ name: hostile, [hostile]: 1 }).flatMap((error) => Object.values(error));
    expect(answer.join('')).toMatch(/^[\P{C}]*$/u);
    expect(answer.join('')).toContain('u202e');
  });

  it('is refused before it can exhaust the stack', () => {
    let deep: unknown = [];
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(errorsOf(deep)).toEqual([{ pointer: '', detail: 'nested too deeply', expected: '32 levels at most' }]);
  });

  it('changes no prototype', () => {
    const read = readInput(z.record(z.string(), z.json()), JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(read.ok).toBe(true);
  });
});
