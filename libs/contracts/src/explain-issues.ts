import { type Result, accept, refuse } from '@evenkeel/kernel';
import * as z from 'zod';
import type { InputError } from './cluster/refusals.ts';

/** No input of ours is nested deeper; a parser that recurses must not meet one that is. */
const depthMax = 32;
/** More errors than this help nobody. */
const errorsMax = 50;
const shownMax = 60;

/**
 * `input` as `schema` reads it, or everything that is wrong with it: where (RFC 6901 pointer), what, and what would be
 * right. The only place that turns zod's issues into words. What the input holds is shown shortened and without control
 * characters, so that an answer is small and safe to log whatever was sent.
 */
export const readInput = <Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Result<z.output<Schema>, InputError[]> => {
  if (isDeeperThan(depthMax, input))
    return refuse([{ pointer: '', detail: 'nested too deeply', expected: `${depthMax} levels at most` }]);
  // `expectedBy` makes zod's messages say what would be right; those written in a schema already do.
  const read = schema.safeParse(input, { error: expectedBy, reportInput: true });
  return read.success ? accept(read.data) : refuse(explainIssues(read.error.issues));
};

const explainIssues = (issues: readonly z.core.$ZodIssue[]): InputError[] => {
  const errors = onePerPlace(issues.flatMap(errorsOf));
  const left = errors.length - errorsMax;
  return left <= 0 ? errors : [...errors.slice(0, errorsMax), { pointer: '', detail: `and ${left} more errors` }];
};

/** Of several complaints about one value the first says enough. */
const onePerPlace = (errors: readonly InputError[]): InputError[] =>
  [...new Map(errors.toReversed().map((error) => [error.pointer, error])).values()].toReversed();

const errorsOf = (issue: z.core.$ZodIssue): InputError[] => {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, errorsMax + 1).map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      detail: `unknown field ${shown(key)}; ${issue.message}`,
    }));
  return [{ pointer: pointerTo(issue.path), detail: detailOf(issue), expected: issue.message }];
};

/** RFC 6901; a segment that came from the input is cut short and made printable. */
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path
    .map(
      (segment) =>
        `/${printable(clipped(String(segment)))
          .replaceAll('~', '~0')
          .replaceAll('/', '~1')}`,
    )
    .join('');

const detailOf = (issue: z.core.$ZodIssue): string => {
  const input = offendingIn(issue);
  if (input === undefined) return 'required, and missing';
  const value = shown(input);
  if (issue.code === 'too_big') return `${value} is too ${sizeWord(issue.origin, 'large', 'long')}`;
  if (issue.code === 'too_small') return `${value} is too ${sizeWord(issue.origin, 'small', 'short')}`;
  return `${value} does not fit here`;
};

/** A union that found no branch reports the whole object; what does not fit is the field that chooses the branch. */
const offendingIn = (issue: z.core.$ZodIssue): unknown => {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return issue.input;
  return (issue.input as Readonly<Record<string, unknown>>)[issue.discriminator];
};

const sizeWord = (origin: string, ofNumber: string, ofOthers: string): string =>
  ['number', 'int', 'bigint'].includes(origin) ? ofNumber : ofOthers;

/** A value from outside, in a few words that are safe to print. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'this' : String(value);
};

const quoted = (text: string): string =>
  printable(JSON.stringify(clipped(text))) + (text.length > shownMax ? ` (${text.length} characters)` : '');

/** Control and format characters and line ends that JSON leaves as they are, and halves of pairs that clipping made. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const printable = (text: string): string =>
  text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const clipped = (text: string): string => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);

/** What would be right, for every issue whose schema has no words of its own. */
const expectedBy = (issue: z.core.$ZodRawIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? `${issue.expected}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return formatWords[issue.format] ?? 'another form';
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return issue.discriminator === undefined ? alternatives(issue.errors) : oneOf(optionsOf(issue));
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'another name';
    case 'unrecognized_keys':
      return `known: ${knownFields(issue.inst).join(', ')}`;
    default:
      return 'another value';
  }
};

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const formatWords: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  datetime: 'a UTC time such as 2026-03-01T08:00:00.000Z',
};

const unitOf = (origin: string): string => ({ string: ' characters', array: ' items' })[origin] ?? '';

const oneOf = (values: readonly unknown[]): string => {
  const written = values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value)));
  return written.length === 1 ? written.join('') : `one of ${written.join(', ')}`;
};

/** The values of the field that chooses the branch. */
const optionsOf = (issue: object): readonly unknown[] =>
  'options' in issue && Array.isArray(issue.options) ? (issue.options as readonly unknown[]) : [];

const alternatives = (errors: readonly (readonly z.core.$ZodIssue[])[]): string =>
  [...new Set(errors.flatMap((issues) => issues.slice(0, 1)).map(({ message }) => message))].join(', or ');

const knownFields = (schema: unknown): string[] => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []);

const isDeeperThan = (levels: number, value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
};
