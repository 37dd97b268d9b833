import { sentence } from '@evenkeel/contracts';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanDetail } from './clean-detail.ts';

it('leaves ordinary words alone', () => {
  expect(cleanDetail('HEAD / answered "404 Nicht gefunden – うどん"')).toBe(
    'HEAD / answered "404 Nicht gefunden – うどん"',
  );
});

it.each([
  ['a line break', 'a\nb'],
  ['an escape', 'a\x1b[31mb'],
  ['a line separator', 'a\u2028b'],
  ['a change of direction', 'a\u202eb'],
])('takes %s away', (_what, text) => {
  expect(cleanDetail(text)).toMatch(/^a\ufffd(\[31m)?b$/);
});

it('makes a sentence that contracts accept, of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 2_000 }), (text) => {
      const cleaned = cleanDetail(text);
      expect(sentence(512).safeParse(cleaned).success).toBe(true);
      expect(cleaned.isWellFormed()).toBe(true);
    }),
  );
});
