import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { setTimeout as rest } from 'node:timers/promises';
import { keep } from './keeper.ts';
import { signalGroup } from './process-group.ts';
import { childEnvironment, type Variables } from './search-path.ts';

/** How a process ended: by itself with a code, or by a signal. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A program could not be started at all: not installed, or not allowed. */
export class ProcessNotStarted extends Error {
  override readonly name = 'ProcessNotStarted';

  constructor(command: string, args: readonly string[]) {
    super(`cannot start ${[command, ...args].join(' ')}`);
  }
}

/** Enough for a stack trace or a refused configuration; a chatty server must not fill our memory. */
const keptCharacters = 8_192;

/**
 * A child process and everything it forked: it leads a process group, and signals go to the group.
 * The keeper ends it if we die first.
 */
export class LabProcess {
  readonly pid: number;
  /** Resolves when the process itself has ended; never rejects. */
  readonly exited: Promise<Exit>;
  private exit: Exit | undefined;
  private said = '';

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    const forget = keep({ kind: 'process-group', pid });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said = (this.said + text).slice(-keptCharacters);
      });
    }
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        // What it forked (one process per DICOM association) must not outlive it.
        signalGroup(pid, 'SIGKILL');
        forget();
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
  }

  /** Starts a program without a shell, with these environment variables beside ours. Throws `ProcessNotStarted`. */
  static start(command: string, args: readonly string[], variables?: Variables): LabProcess {
    const manner: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'], detached: true };
    const child = spawn(command, args, { ...manner, env: childEnvironment(variables) });
    if (child.pid === undefined) {
      child.once('error', () => undefined); // told below
      throw new ProcessNotStarted(command, args);
    }
    return new LabProcess(child, child.pid);
  }

  get hasExited(): boolean {
    return this.exit !== undefined;
  }

  /** The end of what it printed, standard output and error together, for failure messages. */
  get lastWords(): string {
    return this.said.trimEnd();
  }

  /** Signals the whole group. A process that has ended is left alone. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (!this.hasExited) signalGroup(this.pid, signal);
  }

  /** Hangs it: sockets stay open and the kernel still accepts connections, but nobody answers. */
  pause(): void {
    this.kill('SIGSTOP');
  }

  resume(): void {
    this.kill('SIGCONT');
  }

  /** Asks it to end, kills it after `graceMs`, and resolves when it is gone. Safe to repeat. */
  async stop(graceMs = 5_000): Promise<Exit> {
    this.kill('SIGTERM');
    this.resume(); // a paused process would sleep through its SIGTERM
    const patience = new AbortController();
    const asked = rest(graceMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.exited, asked]);
    patience.abort();
    this.kill('SIGKILL');
    return this.exited;
  }
}
