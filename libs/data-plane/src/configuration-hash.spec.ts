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

it('hashes only the pieces that are new', () => {
  const { hash, asked } = counted();
  hash.of(['a', 'b', 'c']);
  asked.length = 0;
  expect(hash.of(['a', 'B', 'c'])).toBe('<<a>\n<B>\n<c>>');
  expect(asked).toEqual(['B', '<a>\n<B>\n<c>']);
});

it('depends on the order and the borders of the pieces, not on what was hashed before', () => {
  const before = counted().hash;
  before.of(['x', 'y']);
  expect(before.of(['a', 'b'])).toBe(counted().hash.of(['a', 'b']));
  expect(counted().hash.of(['b', 'a'])).not.toBe(counted().hash.of(['a', 'b']));
  expect(counted().hash.of(['ab'])).not.toBe(counted().hash.of(['a', 'b']));
});
