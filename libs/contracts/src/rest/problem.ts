import * as z from 'zod';

/** One thing wrong: where (RFC 6901 pointer into the body, or the name of a query field or header), what, and what would be right. */
export const ProblemError = z.strictObject({
  pointer: z.string(),
  code: z.string(),
  detail: z.string(),
  expected: z.string().optional(),
});
export type ProblemError = z.infer<typeof ProblemError>;

/** RFC 9457 problem details, `application/problem+json`. */
export const Problem = z
  .strictObject({
    /** An identifier, not a link: `urn:evenkeel:problem:<code>`. */
    type: z.string(),
    code: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string(),
    traceId: z.string().optional(),
    errors: z.array(ProblemError).optional(),
    /** The revision that the entity has now, for a stale `If-Match`. */
    present: z.int().optional(),
    /** Which command of a list was refused, counted from 0. */
    command: z.int().min(0).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
