import { addedKinds, AddVirtualServiceBody, invalidService, readInput } from '@evenkeel/contracts';
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
  const given = value ?? {}; // a missing body is an empty one: its required fields are named then
  const read = readInput(schema, given);
  if (read.ok) return read.value;
  // A body that describes a service may hold values that are right in another mode or with another action: that is said then.
  const isService = (schema as z.ZodType) === AddVirtualServiceBody;
  throw refusalToProblem(
    isService ? invalidService(read.refusal, given, addedKinds) : { kind: 'invalid-input', errors: read.refusal },
  );
};
