import { readInput } from '@evenkeel/contracts';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import type * as z from 'zod';
import { refusalToProblem } from './refusal-to-problem.ts';

/** Parses bodies, queries and paths by the schema on the parameter. */
export class ContractPipe implements PipeTransform {
  transform(value: unknown, { schema }: ArgumentMetadata): unknown {
    return schema === undefined ? value : parseOrThrow(schema as z.ZodType, value);
  }
}

/** The parsed value. Throws one problem with everything that is wrong with it. */
export const parseOrThrow = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> => {
  const read = readInput(schema, value ?? {}); // a missing body is an empty one: its required fields are named then
  if (read.ok) return read.value;
  throw refusalToProblem({ kind: 'invalid-input', errors: read.refusal });
};
