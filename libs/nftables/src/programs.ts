import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How a program ended and what it said. */
export type Exit = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A program that layer 4 needs could not be started, or did not end in time. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';

  constructor(
    readonly program: string,
    readonly words: string,
    options?: ErrorOptions,
  ) {
    super(`${program}: ${words}`, options);
  }
}

const packages: Readonly<Record<string, string>> = { nft: 'nftables', conntrack: 'conntrack' };

export const notInstalled = (program: string): string =>
  program in packages ? `not installed (Debian package ${packages[program]})` : 'not installed';

/** Far above what any call takes, so that only a hung kernel or tool meets it. */
export const patienceMs = 20_000;

/**
 * Starts programs where the packets are. `prefix` is put before every command: empty for this process's own network,
 * `ip netns exec <name>` for another one on the same machine (a lab).
 */
export class Programs {
  constructor(private readonly prefix: readonly string[]) {}

  start(program: string, args: readonly string[]): ChildProcessWithoutNullStreams {
    const [command = program, ...rest] = [...this.prefix, program, ...args];
    return spawn(command, rest, { stdio: 'pipe', env: environment() });
  }

  /** Runs a program to its end; any exit code is an answer. Throws `ProgramFailed`. */
  async run(program: string, args: readonly string[], input = ''): Promise<Exit> {
    const child = this.start(program, args);
    const ended = endOf(child, program);
    // A program that ends without reading its input breaks the pipe; its exit code tells the story.
    child.stdin.on('error', () => undefined).end(input);
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  }
}

/** The exit code, null when a signal ended it. Throws `ProgramFailed` when it never started or outstayed its time. */
export const endOf = (child: ChildProcessWithoutNullStreams, program: string): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new ProgramFailed(program, `no end within ${patienceMs} ms`));
    }, patienceMs);
    child.once('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const words = cause.code === 'ENOENT' ? notInstalled(program) : cause.message;
      reject(new ProgramFailed(program, words, { cause }));
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });

/** nft and conntrack live in /usr/sbin, which a normal user does not search. nft writes a history into HOME. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`,
  HOME: '/nonexistent',
  LC_ALL: 'C',
});
