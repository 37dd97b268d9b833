import * as z from 'zod';
import { CheckRun, RunCheck } from '../rpc/health.ts';
import { Timestamp } from '../values.ts';

const checkerName = z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'letters, digits, "_" and "-", 63 at most');

/** A process that checks. */
export const Checker = z
  .strictObject({
    name: z.string(),
    lastSeen: Timestamp,
    state: z.enum(['live', 'silent']),
  })
  .meta({ id: 'Checker' });
export type Checker = z.infer<typeof Checker>;

export const Checkers = z.strictObject({ items: z.array(Checker) }).meta({ id: 'Checkers' });
export type Checkers = z.infer<typeof Checkers>;

/**
 * Either a real server, as its service checks it or by the definition in `check`, or the address of a machine with a definition
 * that has a port of its own. A definition is tried, and not kept.
 */
export const RunCheckBody = RunCheck.extend({
  checker: checkerName.optional().describe('Who asks; any live one when left out'),
})
  .refine(({ realServerId, address }) => (realServerId === undefined) !== (address === undefined), {
    message: 'either realServerId or address',
    path: ['realServerId'],
  })
  .meta({ id: 'RunCheck' });
export type RunCheckBody = z.infer<typeof RunCheckBody>;

export const CheckRunAnswer = CheckRun.extend({
  countsForVerdict: z.literal(false),
  checkers: z.array(Checker).describe('Who could have been chosen'),
}).meta({ id: 'CheckRunAnswer' });
export type CheckRunAnswer = z.infer<typeof CheckRunAnswer>;
