import { type Problem, rpc } from '@evenkeel/contracts';
import { activeTraceId, ConfigAway } from '@evenkeel/bus';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { problem, ProblemException } from './problem-exception.ts';

/** Everything that ends a request badly leaves as one problem document (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  catch(failure: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const told = this.tell(failure);
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

  private tell(failure: unknown): ProblemException {
    if (failure instanceof ProblemException) return failure;
    if (failure instanceof ConfigAway) return configAway(failure);
    if (failure instanceof HttpException) return fromNest(failure);
    if (isBodyError(failure)) return fromBodyParser(failure);
    this.logger.error(failure); // ours to mend; the caller learns no more than that
    return problem(500, 'internal-error', 'Something broke inside Evenkeel. The trace id leads to it.');
  }
}

const configAway = ({ asked, hasMaybeHappened }: ConfigAway): ProblemException => {
  const detail =
    asked !== rpc.command
      ? 'The book cannot be read now: config, or the way to it, is away.'
      : hasMaybeHappened
        ? 'The book did not answer in time. The change may have been made: look at /api/v1/commits, or repeat with the same Idempotency-Key.'
        : 'The book cannot be written now: config, or the way to it, is away. Nothing was changed.';
  return problem(503, 'config-away', detail, undefined, { retryAfterSeconds: 2 });
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

const fromNest = (failure: HttpException): ProblemException =>
  problem(failure.getStatus(), nestCodes[failure.getStatus()] ?? 'bad-request', failure.message);

type BodyError = { readonly type: string; readonly status: number; readonly message: string };

/** Errors of Express's body parser carry a `type`. Source: body-parser README, "Errors". */
const isBodyError = (failure: unknown): failure is BodyError =>
  failure instanceof Error && 'type' in failure && 'status' in failure && typeof failure.status === 'number';

const fromBodyParser = ({ type, status, message }: BodyError): ProblemException => {
  if (type === 'entity.too.large') return problem(413, 'body-too-large', 'A body may have 1 MiB at the most.');
  if (type === 'entity.parse.failed') return problem(400, 'not-json', `The body is not JSON: ${message}.`);
  return problem(status, nestCodes[status] ?? 'bad-request', message);
};
