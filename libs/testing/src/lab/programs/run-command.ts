import { execFile } from 'node:child_process';
import { childEnvironment } from './search-path.ts';

/** What a finished command said. `code` is undefined when the time limit, or a signal, ended it. */
export type Output = { readonly stdout: string; readonly stderr: string; readonly code: number | undefined };

export type RunOptions = {
  /** Written to the command's standard input, which is closed after it. */
  readonly input?: string;
  /** The command is killed after this many milliseconds; 10,000 unless told. */
  readonly timeoutMs?: number;
};

/** A command that had to succeed did not. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(command: string, args: readonly string[], { stdout, stderr, code }: Output) {
    super(`${[command, ...args].join(' ')}: ${code ?? 'ended by a signal'}\n${stderr}${stdout}`.trimEnd());
  }
}

const maxOutputBytes = 16 << 20;

/** A command could not be started, or said more than 16 MiB. */
export class CommandNotRun extends Error {
  override readonly name = 'CommandNotRun';
}

/**
 * Runs a program to its end, without a shell. A failing exit code is an answer, not an error. Throws `CommandNotRun`.
 * The end is when nobody holds its output any more: a daemon that it leaves behind must have closed it.
 */
export const runCommand = (command: string, args: readonly string[], options: RunOptions = {}): Promise<Output> =>
  new Promise((resolve, reject) => {
    const limits = { timeout: options.timeoutMs ?? 10_000, killSignal: 'SIGKILL', maxBuffer: maxOutputBytes } as const;
    const settings = { ...limits, env: childEnvironment() };
    const child = execFile(command, args, settings, (failure, stdout, stderr) => {
      const code = failure === null ? 0 : (failure.code ?? undefined);
      if (typeof code === 'string') reject(new CommandNotRun([command, ...args].join(' '), { cause: failure }));
      else resolve({ stdout, stderr, code });
    });
    // A command that ends without reading its input breaks the pipe; its exit code tells the story.
    child.stdin?.on('error', () => undefined).end(options.input);
  });

/** The same for a command that has to succeed: throws `CommandFailed` unless it exits with 0. */
export const runOrThrow = async (command: string, args: readonly string[], options?: RunOptions): Promise<string> => {
  const output = await runCommand(command, args, options);
  if (output.code !== 0) throw new CommandFailed(command, args, output);
  return output.stdout;
};
