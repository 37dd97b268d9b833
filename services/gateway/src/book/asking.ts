import { type Actor, DeleteQuery, RealServerDeleteQuery, type Revision, WriteQuery } from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { SignedRequest } from '../access/bearer.guard.ts';
import { parseOrThrow } from '../problems/contract.pipe.ts';
import { problem } from '../problems/problem-exception.ts';
import type { Why } from './writes.ts';

/** What a caller demands in headers before anything is written. */
export type Preconditions = { readonly ifMatch?: Revision; readonly idempotencyKey?: string };

/** Who asks for a write, what they demand first, and what they wait for. */
export type Asking = { readonly actor: Actor; readonly preconditions: Preconditions; readonly query: WriteQuery };

/** A DELETE has no body: reason, ticket and force come in the query. */
export type AskingToRemove = Asking & { readonly why: Why; readonly force: boolean };

/** For writes that say what they want. `If-Match` is honoured and not demanded. */
export const Asked = createParamDecorator((_: unknown, context: ExecutionContext): Asking => {
  const request = context.switchToHttp().getRequest<SignedRequest>();
  return {
    actor: actorOf(request),
    preconditions: preconditionsOf(request),
    query: parseOrThrow(WriteQuery, request.query),
  };
});

/** For writes over something that was read before: `If-Match` must be there. */
export const AskedWithVersion = createParamDecorator((_: unknown, context: ExecutionContext): Asking => {
  const request = context.switchToHttp().getRequest<SignedRequest>();
  const preconditions = preconditionsWithVersion(request);
  return { actor: actorOf(request), preconditions, query: parseOrThrow(WriteQuery, request.query) };
});

/** For removals. `force` only where a real server is removed. */
export const AskedToRemove = createParamDecorator(
  (what: 'service' | 'real-server', context: ExecutionContext): AskingToRemove => {
    const request = context.switchToHttp().getRequest<SignedRequest>();
    const preconditions = preconditionsWithVersion(request);
    const schema = what === 'service' ? DeleteQuery : RealServerDeleteQuery;
    const { reason, ticket, ...query } = parseOrThrow(schema, request.query);
    const force = 'force' in query && query.force === true;
    return { actor: actorOf(request), preconditions, query, why: { reason, ticket }, force };
  },
);

/** Who asks, for what makes no commit. */
export const AskingActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor =>
  actorOf(context.switchToHttp().getRequest<SignedRequest>()),
);

/** The ETag of a thing: the revision that last touched it. */
export const etagOf = (revision: Revision): string => `"${revision}"`;

const actorOf = ({ actor }: SignedRequest): Actor => {
  assert(actor !== undefined, 'a handler without a guard asked for its actor');
  return actor;
};

const preconditionsOf = (request: Request): Preconditions => ({ ...ifMatchIn(request), ...idempotencyKeyIn(request) });

const preconditionsWithVersion = (request: Request): Preconditions => {
  const preconditions = preconditionsOf(request);
  if (preconditions.ifMatch !== undefined) return preconditions;
  const detail = 'Send If-Match with the ETag that you read, so that nobody else is overwritten.';
  throw problem(428, 'if-match-required', detail, [{ pointer: 'If-Match', code: 'if-match-required', detail }]);
};

const ifMatchIn = (request: Request): Pick<Preconditions, 'ifMatch'> => {
  const given = request.header('if-match');
  if (given === undefined) return {};
  const revision = /^"(\d{1,15})"$/.exec(given)?.[1];
  if (revision === undefined) throw badHeader('If-Match', 'one ETag as it was read, such as "4711" with its quotes');
  return { ifMatch: Number(revision) as Revision };
};

const idempotencyKeyIn = (request: Request): Pick<Preconditions, 'idempotencyKey'> => {
  const given = request.header('idempotency-key');
  if (given === undefined) return {};
  if (!/^[\x21-\x7e]{1,200}$/.test(given)) throw badHeader('Idempotency-Key', '1 to 200 visible ASCII characters');
  return { idempotencyKey: given };
};

const badHeader = (header: string, expected: string) =>
  problem(400, 'bad-header', `The header ${header} cannot be read.`, [
    { pointer: header, code: 'bad-header', detail: `${header} cannot be read`, expected },
  ]);
