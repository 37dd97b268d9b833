import canonicalize from 'canonicalize';
import type { Fields } from './merge-patch.ts';

/** Names of the top-level fields that differ, sorted; none when both say the same. */
export const changedFields = (before: Fields, after: Fields): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !isSame(before[field], after[field]))
    .toSorted();

const isSame = (a: unknown, b: unknown): boolean => a === b || canonicalize(a) === canonicalize(b);
