import { setTimeout as rest } from 'node:timers/promises';
import { HaproxyUnreachable } from '@evenkeel/data-plane';
import { type Processes, readProcesses } from './read-processes.ts';
import { request } from './socket-request.ts';

/** A reload of the largest configurations takes a fraction of this. */
const patienceMs = 5_000;

/** The master's command line: it knows the workers, old ones too. Source: management guide 2.6, section 9.4. */
export class Master {
  constructor(private readonly socketPath: string) {}

  /** Undefined when no master answers: none runs, or it is just starting over. */
  async processes(): Promise<Processes | undefined> {
    try {
      return readProcesses(await request(this.socketPath, 'show proc'));
    } catch (failure) {
      if (!(failure instanceof HaproxyUnreachable)) throw failure;
      return undefined;
    }
  }

  /** The same, waiting for a master that is just starting over: after a reload it answers a little later than its worker. */
  async settledProcesses(): Promise<Processes | undefined> {
    const deadlineMs = performance.now() + patienceMs;
    while (performance.now() < deadlineMs) {
      const processes = await this.processes();
      if (processes?.worker !== undefined) return processes;
      await rest(2);
    }
    return undefined;
  }

  /**
   * Asks for a reload, and answers before it is over. From 2.7 on HAProxy waits and says how it went; before, it says
   * nothing and hangs up. Throws `HaproxyUnreachable` when no master could be asked.
   */
  async reload(): Promise<string> {
    try {
      return await request(this.socketPath, 'reload');
    } catch (failure) {
      if (failure instanceof HaproxyUnreachable && codeOf(failure.cause) === 'ECONNRESET') return '';
      throw failure;
    }
  }

  /** One command to one worker. Throws `HaproxyUnreachable`; the answer of a worker that has ended is empty. */
  async askWorker(pid: number, command: string): Promise<string> {
    return request(this.socketPath, `@!${pid} ${command}`);
  }
}

const codeOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : undefined);
