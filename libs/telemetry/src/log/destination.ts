import type { Level } from './log.ts';
import type { Sink } from './pino-log.ts';
import { readable } from './readable.ts';

/** Where the lines of a process go, and from which level on unless somebody says. */
export type Destination = { readonly sink: Sink; readonly level: Level };

/** JSON to stdout: a process of which nobody reads anything else there. */
export const toStdout = (): Destination => ({ sink: { write: (line) => process.stdout.write(line) }, level: 'info' });

/**
 * To stderr, beside words for a person on stdout: JSON for whoever collects it, but for a person at a terminal only what
 * they may have to act on, readable.
 */
export const toStderr = ({ isTTY } = process.stderr): Destination => {
  const print = (line: string): void => void process.stderr.write(line);
  return isTTY ? { sink: readable(print), level: 'warn' } : { sink: { write: print }, level: 'info' };
};
