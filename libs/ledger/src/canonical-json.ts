import { assert } from '@evenkeel/kernel';
import canonicalize from 'canonicalize';

/**
 * The one text of a JSON value: members sorted, no white space, numbers as ECMAScript writes them. Members that are
 * `undefined` are left out. Throws on what JSON cannot say the same way everywhere: `NaN`, infinities, lone surrogates.
 * Source: RFC 8785.
 *
 * The library writes member by member, and that was a third of what an append costs us. So what is plain is sorted here and
 * written by the engine, which writes strings and numbers as the RFC wants them; the library has the rest.
 */
export const canonicalJson = (value: unknown): string => {
  const quick = isPlain(value) ? JSON.stringify(sorted(value)) : undefined;
  const text = quick === undefined || quick.includes(escapedSurrogate) ? canonicalize(value) : quick;
  assert(text !== undefined, `${typeof value} is not a JSON value`);
  return text;
};

/** How the engine writes a lone surrogate. A text may also hold these three characters: then the library knows. */
const escapedSurrogate = String.raw`\ud`;

/** Arrays, objects without a class, strings, finite numbers, booleans, null; no member whose name the engine would move. */
const isPlain = (value: unknown): boolean => {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name in value) {
    if (isSpecial(name) || !isPlain((value as Readonly<Record<string, unknown>>)[name])) return false;
  }
  return true;
};

/** The engine keeps members in the order in which they were made, but whole numbers come first; one name is no member. */
const isSpecial = (name: string): boolean => /^\d/.test(name) || name === '__proto__';

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(members).sort()) copy[name] = sorted(members[name]);
  return copy;
};
