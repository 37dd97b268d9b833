import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { type Readable, type Writable } from 'node:stream';
import { type HaproxyProgram } from './haproxy-program.ts';
import { wordsOf } from './haproxy-words.ts';

/** A check that has not ended after this long says nothing any more. */
const patienceMs = 30_000;

type Checker = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * `haproxy -c` with its start already behind it. Most of a check is the start of the program: with 5 services 12 ms of a
 * check beside 20 ms for the whole reload (2.6.12). So one `haproxy -c` is always waiting for its configuration, and
 * reads it from a pipe. It ends by itself when this process does: the pipe ends, and so does `cat`.
 */
export class WarmCheck {
  private waiting: Checker | undefined;

  constructor(
    private readonly program: HaproxyProgram,
    private readonly folder: string,
  ) {}

  /** Starts the checker that the next `check` will use. */
  warm(): void {
    this.waiting ??= this.spawn();
  }

  /** HAProxy's words when it refuses the text; undefined when it takes it. */
  async check(configuration: string): Promise<string | undefined> {
    const checker = this.waiting ?? this.spawn();
    this.waiting = undefined;
    const answer = answerOf(checker);
    const timer = setTimeout(() => checker.kill('SIGKILL'), patienceMs);
    checker.stdin.end(configuration);
    const words = await answer;
    clearTimeout(timer);
    return words?.replaceAll('/dev/stdin', 'haproxy.cfg');
  }

  /** Ends the one that waits. */
  cool(): void {
    this.waiting?.stdin.end();
    this.waiting = undefined;
  }

  private spawn(): Checker {
    const { command, nodeName, environment } = this.program;
    // By way of `cat`: Node's pipe to a child is a socket, and a socket cannot be opened by the name /dev/stdin.
    const script = 'cat | exec "$0" -c -L "$1" -f /dev/stdin';
    const child = spawn('/bin/sh', ['-c', script, command, nodeName], {
      cwd: this.folder,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => undefined); // it ended before it had read everything: its exit code tells
    child.unref();
    return child;
  }
}

/**
 * Words, or undefined for a good configuration. HAProxy says that it is valid before it tears everything down, which
 * takes a sixth of a large check; versions that say nothing are awaited to their end.
 */
const answerOf = (checker: Checker): Promise<string | undefined> =>
  new Promise((resolve) => {
    let said = '';
    const listen = (text: string): void => {
      said += text;
      if (said.includes('Configuration file is valid')) resolve(undefined);
    };
    checker.stdout.setEncoding('utf8').on('data', listen);
    checker.stderr.setEncoding('utf8').on('data', listen);
    checker.once('error', ({ message }) => resolve(message));
    checker.once('close', (code) => resolve(code === 0 ? undefined : wordsOf(said) || `haproxy -c ended with ${code}`));
  });
