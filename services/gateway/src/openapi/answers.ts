import { Forecast, Problem, WriteAnswer } from '@evenkeel/contracts';
import type * as Swagger from '@nestjs/swagger';
import * as z from 'zod';
import { describing } from './descriptions.ts';

/** Names the group of a controller. */
export const Group = (name: string): ClassDecorator => describing(({ ApiTags }) => [ApiTags(name)]);

/** Documents a read. */
export const Answers = (status: number, schema: z.ZodType, description: string): MethodDecorator =>
  describing(({ ApiOperation, ApiResponse }) => [
    ApiOperation({ summary: description }),
    ApiResponse({ status, description, standardSchema: schema }),
    ApiResponse(problems),
  ]);

/** Documents an answer of server-sent events that goes on. */
export const Streams = (description: string): MethodDecorator =>
  describing(({ ApiHeader, ApiOperation, ApiProduces, ApiResponse }) => [
    ApiOperation({ summary: description }),
    ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id that was told last' }),
    ApiProduces('text/event-stream'),
    ApiResponse({ status: 200, description: 'Events', schema: { type: 'string' } }),
    ApiResponse(problems),
  ]);

/** Documents a write that says what it wants. */
export const Writing = (status: number, summary: string): MethodDecorator =>
  describing((swagger) => writing(swagger, status, summary));

/** Documents a write over something that was read before. */
export const WritingOver = (summary: string): MethodDecorator => describing((swagger) => writingOver(swagger, summary));

/** Documents a removal, whose reason comes in the query. */
export const Removing = (summary: string): MethodDecorator =>
  describing((swagger) => [
    ...writingOver(swagger, summary),
    swagger.ApiQuery({ name: 'reason', required: false, type: String }),
    swagger.ApiQuery({ name: 'ticket', required: false, type: String }),
  ]);

const problems = {
  status: 'default',
  description: 'A problem (RFC 9457): what, where, and what would be right',
  standardSchema: Problem,
} as const;

const wait = {
  name: 'wait',
  required: false,
  enum: ['converged'],
  description: 'Hold the answer until every live node has seen the revision',
};
const timeout = {
  name: 'timeout',
  required: false,
  schema: { type: 'string', default: '5s' },
  description: 'How long; running out is no error, the commit stands',
} as const;

const dryRun = {
  name: 'dryRun',
  required: false,
  schema: { type: 'boolean', default: false },
  description: 'Make every check and say what the write would do; nothing is done and nothing is stored',
} as const;

const idempotencyKey = {
  name: 'Idempotency-Key',
  required: false,
  description: 'The same key and content give the same commit again; kept for 24 h',
};

const version = (required: boolean) => ({ name: 'If-Match', required, description: 'The ETag that was read' });

const writing = (swagger: typeof Swagger, status: number, summary: string) => {
  const { ApiHeader, ApiOperation, ApiQuery, ApiResponse } = swagger;
  return [
    ApiOperation({ summary }),
    ApiQuery(wait),
    ApiQuery(timeout),
    ApiQuery(dryRun),
    ApiHeader(idempotencyKey),
    ApiHeader(version(false)),
    ...answersOf(status).map((answer) => ApiResponse(answer)),
    ApiResponse(problems),
  ];
};

const committed = 'The commit, and where the nodes are with it';
const foretold = 'With dryRun: what it would do';
const WrittenOrForetold = z.union([WriteAnswer, Forecast]);

/** A dry run makes nothing, so it is never 201. */
const answersOf = (status: number) =>
  status === 200
    ? [{ status, description: `${committed}. ${foretold}`, standardSchema: WrittenOrForetold }]
    : [
        { status, description: committed, standardSchema: WriteAnswer },
        { status: 200, description: foretold, standardSchema: Forecast },
      ];

const writingOver = (swagger: typeof Swagger, summary: string) => [
  ...writing(swagger, 200, summary),
  swagger.ApiHeader(version(true)),
];
