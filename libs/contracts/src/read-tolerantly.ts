import type * as z from 'zod';

/** Each look at a value finds the unknown fields of one more level of unions. */
const looksMax = 8;

/**
 * The value by `schema`, without the fields that it does not know: another version of ours may have written them, and what
 * both know is still true. Undefined when anything else is wrong. For readers; writers stay strict. `value` may be changed.
 */
export const readTolerantly = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> | undefined => {
  for (let look = 0; look < looksMax; look += 1) {
    const { data, error } = schema.safeParse(value);
    if (error === undefined) return data;
    for (const issue of error.issues) {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const holder = holderAt(value, issue.path) as Record<string, unknown>;
      for (const key of issue.keys) Reflect.deleteProperty(holder, key);
    }
  }
  return undefined;
};

const holderAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((holder, key) => (holder as Record<PropertyKey, unknown>)[key], value);
