import { join } from 'node:path';
import { freePort, LabProcess, until } from '@evenkeel/testing/lab';
import { nodeArguments } from '../../support/node-arguments.ts';

/** What a listener has counted. Late: milliseconds after the time at which a question was due. */
export type Counted = {
  readonly questions: number;
  readonly lateP50: number;
  readonly lateP99: number;
  readonly lateMax: number;
};

/** A process of its own that accepts connections on every address of this machine, and knows when they came. */
export class Listener {
  private constructor(
    readonly port: number,
    private readonly process: LabProcess,
  ) {}

  static async start(intervalMs: number): Promise<Listener> {
    const port = await freePort('0.0.0.0');
    const main = join(import.meta.dirname, 'listener-main.ts');
    const process = LabProcess.start('node', [...nodeArguments, main, String(port), String(intervalMs)]);
    const listens = (): Promise<boolean> => Promise.resolve(process.lastWords.includes('listens'));
    await until('it listens', listens, { process, withinMs: 30_000 });
    return new Listener(port, process);
  }

  get pid(): number {
    return this.process.pid;
  }

  /** What came before counts no more. */
  countAnew(): void {
    this.process.kill('SIGUSR2');
  }

  /** Ends it, and tells what has come since `countAnew`. */
  async count(): Promise<Counted> {
    await this.stop();
    return JSON.parse(this.process.lastWords.split('\n').at(-1) ?? '') as Counted;
  }

  /** Safe to repeat. */
  async stop(): Promise<void> {
    await this.process.stop(30_000);
  }
}
