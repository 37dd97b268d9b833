import { expect, it } from '@jest/globals';
import { writerOf } from './checker-journal.ts';

it.each([
  ['health-1', 'health-1'],
  ['Health_LB_A', 'health-lb-a'],
  ['_-', 'health'],
])('the journal knows the checker %s as %s', (checker, node) => {
  expect(writerOf(checker)).toBe(node);
});
