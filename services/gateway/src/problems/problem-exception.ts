import type { Problem, ProblemError } from '@evenkeel/contracts';

/** What a request ends with when it cannot be done. The filter adds where it happened. */
export class ProblemException extends Error {
  override readonly name = 'ProblemException';

  constructor(
    readonly problem: Omit<Problem, 'type' | 'instance' | 'traceId'>,
    readonly retryAfterSeconds?: number,
  ) {
    super(problem.title);
  }
}

const titled = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');

/** A problem whose title is its code, written for people. */
export const problem = (
  status: number,
  code: string,
  detail: string,
  errors?: readonly ProblemError[],
  more: { readonly present?: number; readonly retryAfterSeconds?: number } = {},
): ProblemException => {
  const { present, retryAfterSeconds } = more;
  const body = { code, title: titled(code), status, detail };
  return new ProblemException(
    {
      ...body,
      ...(errors === undefined ? {} : { errors: [...errors] }),
      ...(present === undefined ? {} : { present }),
    },
    retryAfterSeconds,
  );
};
