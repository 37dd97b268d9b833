import { hash, randomUUIDv7 } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Clock, type Rest } from './clock.ts';

/** The machine's own clock. Rules cannot import this file: they take a `Clock`. */
export class SystemClock extends Clock {
  override nowMs(): number {
    return Date.now();
  }

  override monotonicMs(): number {
    return performance.now();
  }

  override rest(ms: number): Rest {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const wake = (): void => {
      clearTimeout(timer);
      resolve();
    };
    return { over, wake };
  }
}

/** A new time-ordered id (UUID version 7, RFC 9562). */
export const newId = (): string => randomUUIDv7();

/** SHA-256 of a text in UTF-8, as 64 hexadecimal digits. */
export const sha256 = (text: string): string => hash('sha256', text);
