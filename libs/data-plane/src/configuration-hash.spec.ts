import { type Hash } from '@evenkeel/contracts';
import { expect, it } from '@jest/globals';
import { PiecewiseHash } from './configuration-hash.ts';

const counted = () => {
  const asked: string[] = [];
  const hash = new PiecewiseHash((text) => {
    asked.push(text);
    return `<${text}>` as Hash;
  });
  return { hash, asked };
};

const many = (change: Readonly<Record<number, string>> = {}, count = 300): string[] =>
  Array.from({ length: count }, (_, place) => change[place] ?? `piece ${place}`);

it('hashes only the blocks with pieces that are new', () => {
  const { hash, asked } = counted();
  hash.of(many());
  asked.length = 0;
  hash.of(many({ 200: 'new' }));
  expect(asked).toHaveLength(2);
  expect(asked[0]).toContain('new');
});

it.each([
  ['another piece', many({ 299: 'new' })],
  ['a piece more', many({}, 301)],
  ['a piece less', many({}, 299)],
  ['as many pieces as end with a block', many({}, 256)],
  ['none', []],
])('is the same after a change as if there had been nothing before: %s', (_, after) => {
  const { hash } = counted();
  hash.of(many());
  expect(hash.of(after)).toBe(counted().hash.of(after));
  expect(hash.of(many())).toBe(counted().hash.of(many()));
});

it('depends on the order and the borders of the pieces, not on what was hashed before', () => {
  const before = counted().hash;
  before.of(['x', 'y']);
  expect(before.of(['a', 'b'])).toBe(counted().hash.of(['a', 'b']));
  expect(counted().hash.of(['b', 'a'])).not.toBe(counted().hash.of(['a', 'b']));
  expect(counted().hash.of(['ab'])).not.toBe(counted().hash.of(['a', 'b']));
});
