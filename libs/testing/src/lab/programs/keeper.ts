import { type ChildProcess, spawn } from 'node:child_process';
import { type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Leftover } from './leftover.ts';

/**
 * Has something removed when this process ends in whatever way, `SIGKILL` included. The answer takes it off the list.
 *
 * A child process, the keeper, holds the list and waits for its standard input to end. An `exit` handler would not do:
 * none runs after `SIGKILL`, and Jest gives tests a copy of `process` whose `exit` never comes (tried on Jest 30.5).
 */
export const keep = (leftover: Leftover): (() => void) => {
  kept.add(leftover);
  tellKeeper();
  return () => {
    if (kept.delete(leftover)) tellKeeper();
  };
};

const kept = new Set<Leftover>();
let keeper: ChildProcess | undefined;

const tellKeeper = (): void => {
  keeper ??= startKeeper();
  keeper.stdin?.write(`${JSON.stringify([...kept])}\n`);
  if (kept.size > 0) return;
  keeper.stdin?.end(); // nothing left to keep, so no process of ours stays behind
  keeper = undefined;
};

const startKeeper = (): ChildProcess => {
  const script = fileURLToPath(new URL('keeper-main.ts', import.meta.url));
  // Detached: a Ctrl-C that ends us must not end the keeper.
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  child.unref();
  const pipe = child.stdin as Socket; // as it is for every pipe of a child
  pipe.unref();
  pipe.on('error', () => undefined); // a keeper that somebody killed: `dispose` and `stop` still do the work
  return child;
};
