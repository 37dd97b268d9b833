import { problem, type ProblemException } from './problem-exception.ts';

/** 503: the book cannot be written now. Says whether the wish may have been recorded all the same. */
export const bookUnavailable = (why: string, mayBeRecorded: boolean): ProblemException => {
  const fate = mayBeRecorded
    ? 'The change may have been made: look at /api/v1/commits, or repeat with the same Idempotency-Key.'
    : 'Nothing was changed.';
  return problem(503, 'book-unavailable', `${why} ${fate}`, undefined, { retryAfterSeconds: 2 });
};
