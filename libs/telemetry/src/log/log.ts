/** What goes beside the words. Never secrets, payloads or whole requests. */
export type Facts = {
  readonly err?: unknown;
  readonly revision?: number;
  readonly actor?: string;
  readonly context?: string;
  readonly times?: number;
};

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Line = { readonly level: Level; readonly words: string; readonly facts: Facts };

/** Where one service writes down what a person may have to act on. Commits are not logs: the book has them. */
export type Log = Readonly<Record<Level, (words: string, facts?: Facts) => void>>;

/** A log whose lines go to `take`. */
export const logInto = (take: (line: Line) => void): Log => {
  const at =
    (level: Level) =>
    (words: string, facts: Facts = {}): void =>
      take({ level, words, facts });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

export const silentLog: Log = logInto(() => undefined);

/** A failure in one line: its own words are for a person, its stack is for us. */
export const wordsOf = (failure: unknown): string =>
  failure instanceof Error ? `${failure.name}: ${failure.message || codeOf(failure)}` : String(failure);

/** Node says nothing else when every address of a host refused. */
const codeOf = (failure: Error): string => ('code' in failure ? String(failure.code) : 'without words');
