import { type Problem, rpc } from '@evenkeel/contracts';
import { activeTraceId, ConfigAway } from '@evenkeel/bus';
import { type Log, wordsOf } from '@evenkeel/telemetry';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import type { SignedRequest } from '../access/bearer.guard.ts';
import { bookUnavailable } from './book-unavailable.ts';
import { problem, ProblemException } from './problem-exception.ts';

/** Everything that ends a request badly leaves as one problem document (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(failure: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<SignedRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const told = this.tell(failure, request);
    const traceId = activeTraceId();
    const body: Problem = {
      type: `urn:evenkeel:problem:${told.problem.code}`,
      ...told.problem,
      instance: request.path, // without the query, which may hold what a log should not
      ...(traceId === undefined ? {} : { traceId }),
    };
    if (told.retryAfterSeconds !== undefined) response.setHeader('Retry-After', told.retryAfterSeconds);
    if (body.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="Evenkeel"');
    response.status(body.status).type('application/problem+json').send(JSON.stringify(body));
  }

  private tell(failure: unknown, { actor }: SignedRequest): ProblemException {
    if (failure instanceof ProblemException) return failure;
    if (failure instanceof ConfigAway) return configAway(failure);
    if (failure instanceof HttpException) return fromNest(failure);
    if (isBodyError(failure)) return fromBodyParser(failure);
    // Ours to mend; the caller learns no more than that.
    this.log.error(wordsOf(failure), { err: failure, ...(actor === undefined ? {} : { actor: actor.name }) });
    return problem(500, 'internal-error', 'Something broke inside Evenkeel. The trace id leads to it.');
  }
}

const configAway = ({ asked, hasMaybeHappened }: ConfigAway): ProblemException => {
  const why = 'The book is out of reach: config, or the way to it, is away.';
  if (asked === rpc.command) return bookUnavailable(why, hasMaybeHappened);
  return problem(503, 'book-unavailable', why, undefined, { retryAfterSeconds: 2 });
};

const nestCodes: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'not-signed-in',
  403: 'not-permitted',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'body-too-large',
  415: 'wrong-content-type',
};

/** Nest turns a body that does not parse, and a path that does not decode, into the same exception. */
const fromNest = (failure: HttpException): ProblemException => {
  const status = failure.getStatus();
  const detail = status === 400 ? `The request cannot be read: ${unquoted(failure.message)}.` : `${failure.message}.`;
  return problem(status, nestCodes[status] ?? 'bad-request', detail);
};

/** V8 quotes what stands around the place where JSON ends to be JSON, and that may be a secret. */
const unquoted = (message: string): string => message.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, '');

type BodyError = { readonly type: string; readonly status: number; readonly message: string };

/** Errors of Express's body parser carry a `type`. Source: body-parser README, "Errors". */
const isBodyError = (failure: unknown): failure is BodyError =>
  failure instanceof Error && 'type' in failure && 'status' in failure && typeof failure.status === 'number';

const fromBodyParser = ({ type, status, message }: BodyError): ProblemException => {
  if (type === 'entity.too.large') return problem(413, 'body-too-large', 'A body may have 1 MiB at the most.');
  return problem(status, nestCodes[status] ?? 'bad-request', message);
};
