import type { LoggerService } from '@nestjs/common';
import type { Level, Log } from './log.ts';
import { wordsOf } from './log.ts';

/** Nest's own words, and those of its NATS client, in our log. What Nest says while all goes well is for debugging. */
export const nestLogger = (log: Log): LoggerService => {
  const at =
    (level: Level) =>
    (message: unknown, ...rest: readonly unknown[]): void => {
      const context = rest.at(-1); // by Nest's own convention
      const facts = typeof context === 'string' ? { context } : {};
      const words =
        typeof message === 'object' && !(message instanceof Error) ? JSON.stringify(message) : wordsOf(message);
      log[isTold(words) ? 'debug' : level](words, message instanceof Error ? { ...facts, err: message } : facts);
    };
  return {
    log: at('debug'),
    verbose: at('debug'),
    debug: at('debug'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('error'),
  };
};

/** Each of Nest's clients and servers says that the connection which they share is gone; the process says so once. */
const isTold = (words: string): boolean => words.startsWith('NatsError: type: "disconnect"');
