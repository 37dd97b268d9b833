import { readTolerantly } from '@evenkeel/contracts';
import type * as z from 'zod';

type Saying = { json(): unknown };

/** Undefined when it is no JSON. Thrown in a subscription's callback, that would close the connection. */
export const jsonIn = (saying: Saying): unknown => {
  try {
    return saying.json();
  } catch {
    return undefined;
  }
};

/** What a message or an entry says by `schema`, also one of another version; undefined when nobody here understands it. */
export const saidIn = <Schema extends z.ZodType>(schema: Schema, saying: Saying): z.output<Schema> | undefined =>
  readTolerantly(schema, jsonIn(saying));
