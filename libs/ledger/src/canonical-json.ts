import { assert } from '@evenkeel/kernel';
import canonicalize from 'canonicalize';

/**
 * The one text of a JSON value: members sorted, no white space, numbers as ECMAScript writes them. Members that are
 * `undefined` are left out. Throws on what JSON cannot say the same way everywhere: `NaN`, infinities, lone surrogates.
 * Source: RFC 8785.
 */
export const canonicalJson = (value: unknown): string => {
  const text = canonicalize(value);
  assert(text !== undefined, `${typeof value} is not a JSON value`);
  return text;
};
