import { Problem, WriteAnswer } from '@evenkeel/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import type * as z from 'zod';

const problems = ApiResponse({
  status: 'default',
  description: 'A problem (RFC 9457): what, where, and what would be right',
  standardSchema: Problem,
});

/** Documents a read. */
export const Answers = (status: number, schema: z.ZodType, description: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: description }),
    ApiResponse({ status, description, standardSchema: schema }),
    problems,
  );

const waiting = [
  ApiQuery({
    name: 'wait',
    required: false,
    enum: ['converged'],
    description: 'Hold the answer until every live node has seen the revision',
  }),
  ApiQuery({
    name: 'timeout',
    required: false,
    schema: { type: 'string', default: '5s' },
    description: 'How long; running out is no error, the commit stands',
  }),
];

const idempotencyKey = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description: 'The same key and content give the same commit again; kept for 24 h',
});

const version = (required: boolean) => ApiHeader({ name: 'If-Match', required, description: 'The ETag that was read' });

/** Documents a write that says what it wants. */
export const Writing = (status: number, summary: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary }),
    ...waiting,
    idempotencyKey,
    version(false),
    ApiResponse({ status, description: 'The commit, and where the nodes are with it', standardSchema: WriteAnswer }),
    problems,
  );

/** Documents a write over something that was read before. */
export const WritingOver = (summary: string): MethodDecorator => applyDecorators(Writing(200, summary), version(true));

/** Documents a removal, whose reason comes in the query. */
export const Removing = (summary: string): MethodDecorator =>
  applyDecorators(
    WritingOver(summary),
    ApiQuery({ name: 'reason', required: false, type: String }),
    ApiQuery({ name: 'ticket', required: false, type: String }),
  );
