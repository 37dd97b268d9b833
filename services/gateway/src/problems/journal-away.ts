import { problem } from './problem-exception.ts';

/** 503: NATS, which keeps the journal, does not answer. */
export const journalAway = (cause: unknown): never => {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const detail = `The journal is out of reach: the bus does not answer${why}.`;
  throw problem(503, 'journal-unavailable', detail, undefined, { retryAfterSeconds: 2 });
};
