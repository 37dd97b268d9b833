import type { Sink } from './pino-log.ts';

type Parsed = { readonly time: string; readonly level: string; readonly service: string; readonly msg: string };

/** Lines for a person at a terminal: `03:12:45 warn proxy: HAProxy: ended`. */
export const readable = (print: (line: string) => void): Sink => ({
  write: (json) => {
    const { time, level, service, msg, err } = JSON.parse(json) as Parsed & { readonly err?: { stack?: string } };
    const stack = err?.stack === undefined ? '' : `\n${err.stack}`;
    print(`${time.slice(11, 19)} ${level} ${service}: ${msg}${stack}\n`);
  },
});
