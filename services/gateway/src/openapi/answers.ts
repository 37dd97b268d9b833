import { Problem, WriteAnswer } from '@evenkeel/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
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

/** Documents a write. */
export const Writing = (status: number, summary: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'The same key and content give the same commit again; kept for 24 h',
    }),
    ApiHeader({
      name: 'If-Match',
      required: summary.includes('needs If-Match'),
      description: 'The ETag that was read',
    }),
    ApiResponse({ status, description: 'The commit, and where the nodes are with it', standardSchema: WriteAnswer }),
    problems,
  );
