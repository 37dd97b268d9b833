import * as z from 'zod';
import { Port } from '../../ports.ts';
import { pace } from './pace.ts';

/** Of a file in the checker's folder of programs. No slash and no leading dot, so that no other folder can be named. */
const ProgramName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'a file name: a letter or digit, then letters, digits, "_", "." or "-"')
  .describe('A program in the folder that EVENKEEL_HEALTH_PROGRAMS of the checkers names');
/** Visible ASCII with spaces inside. There is no shell, so nothing in it has a meaning but to the program. */
const Argument = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/, 'visible ASCII, spaces inside only, 256 at most');

/**
 * A program of the checker's own machine, asked with address and port of the real server and what else stands here. Where
 * it may run at all is said on that machine and not in the book. No secrets: the book keeps everything for ever.
 */
export const ExternalCheck = z.strictObject({
  kind: z.literal('external'),
  ...pace('10s', '5s'),
  port: z.union([z.literal('inherit'), Port]).default('inherit'),
  program: ProgramName,
  arguments: z.array(Argument).max(16).optional().describe('After address and port'),
});
