import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** How a program ended, with the beginning of what it said. Without a code a signal, or we, ended it. */
export type Ran = {
  readonly kind: 'ran';
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
};
/** It could not be started: not installed, or not allowed. The code is that of the system, such as `ENOENT`. */
export type NotStarted = { readonly kind: 'not-started'; readonly code: string };

export type RunBounded = {
  readonly args: readonly string[];
  /** All of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/** Of each of its two streams; the rest is read and thrown away. */
const keptBytes = 4_096;
/** After the end of a program its last words are on their way for so long. */
const lastWordsMs = 100;

/**
 * Runs a program to its end or until the signal, without a shell and without anything of ours: no variables, no folder, no
 * standard input. It leads a process group, and the whole group is killed at the end, so that nothing it started stays.
 */
export const runBounded = async (
  command: string,
  { args, environment, signal }: RunBounded,
): Promise<Ran | NotStarted> => {
  const child = await start(command, args, environment);
  return child.kind === 'not-started' ? child : ended(child, signal);
};

type Child = {
  readonly kind: 'child';
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly pid: number;
};

/** Some reasons not to start are thrown, others come as an event. */
const start = async (
  command: string,
  args: readonly string[],
  env: RunBounded['environment'],
): Promise<Child | NotStarted> => {
  try {
    const process = spawn(command, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const { pid } = process;
    if (pid !== undefined) return { kind: 'child', process, pid };
    const [failure] = (await once(process, 'error')) as [NodeJS.ErrnoException];
    throw failure;
  } catch (failure) {
    return { kind: 'not-started', code: (failure as NodeJS.ErrnoException).code ?? 'unknown' };
  }
};

const ended = ({ process: child, pid }: Child, signal: AbortSignal): Promise<Ran> =>
  new Promise((resolve) => {
    const [output, errors] = [beginningOf(child.stdout), beginningOf(child.stderr)];
    const kill = (): void => killGroup(pid);
    if (signal.aborted) kill();
    signal.addEventListener('abort', kill, { once: true });
    child.once('exit', (code) => {
      signal.removeEventListener('abort', kill);
      kill();
      const tell = (): void => {
        clearTimeout(patience);
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ kind: 'ran', code, output: output(), errors: errors() });
      };
      // Somebody who left the group may hold the other end for ever.
      const patience = setTimeout(tell, lastWordsMs);
      child.once('close', tell);
    });
  });

const beginningOf = (stream: Readable): (() => string) => {
  const kept: Buffer[] = [];
  let left = keptBytes;
  stream.on('data', (piece: Buffer) => {
    if (left > 0) kept.push(piece.subarray(0, left));
    left -= Math.min(left, piece.length);
  });
  stream.on('error', () => undefined);
  return () => Buffer.concat(kept).toString();
};

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended.
  }
};
