import { setTimeout as rest } from 'node:timers/promises';
import { type LabProcess, until } from '@evenkeel/testing/lab';
import { signalAll } from '../../support/process-tree.ts';

export type PartPlan = {
  readonly name: string;
  readonly spawn: () => LabProcess | Promise<LabProcess>;
  /** What it prints when it is up. */
  readonly readyWords: string;
  /** Whom a fault hits; the process itself unless told. */
  readonly victims?: (process: LabProcess) => Promise<readonly number[]>;
};

/** As in our systemd units (one and two seconds). */
const restartMs = 1_000;

/** One process of the stack, started again whenever it ends before it was told to, as systemd does. */
export class Part {
  private process: LabProcess | undefined;
  private isWanted = false;
  private supervision = Promise.resolve();

  constructor(private readonly plan: PartPlan) {}

  get name(): string {
    return this.plan.name;
  }

  get pid(): number {
    if (this.process === undefined) throw new Error(`${this.name} does not run`);
    return this.process.pid;
  }

  /** The end of what it said in its latest run. */
  get lastWords(): string {
    return this.process?.lastWords ?? '';
  }

  /** Resolves when it is up. */
  async start(): Promise<void> {
    this.isWanted = true;
    this.supervision = this.supervise(await this.spawn());
    await this.isUp();
  }

  /** Waits until the latest run says that it is ready. */
  async isUp(): Promise<void> {
    const isReady = (): Promise<boolean> =>
      Promise.resolve(this.process?.hasExited === false && this.lastWords.includes(this.plan.readyWords));
    await until(`${this.name} is up`, isReady, { withinMs: 90_000 }).catch((failure: unknown) => {
      throw new Error(`${this.name}: ${this.lastWords}`, { cause: failure });
    });
  }

  /** `kill -9`. It comes back by itself: the answer waits for that. */
  async kill(): Promise<() => Promise<void>> {
    const before = this.pid;
    signalAll(await this.victims(), 'SIGKILL');
    return async () => {
      const isAnother = (): Promise<boolean> => Promise.resolve(this.pid !== before);
      await until(`${this.name} runs again`, isAnother, { withinMs: 30_000 });
      await this.isUp();
    };
  }

  /** Everything of it stands still, sockets open, until the answer is called. */
  async pause(): Promise<() => void> {
    const victims = await this.victims();
    signalAll(victims, 'SIGSTOP');
    return () => signalAll(victims, 'SIGCONT');
  }

  /** A clean end, and nobody starts it again. */
  async stop(): Promise<void> {
    this.isWanted = false;
    await this.process?.stop(20_000);
    await this.supervision; // or it would wake after the next start, and there would be two
  }

  private async victims(): Promise<readonly number[]> {
    if (this.process === undefined) return [];
    return this.plan.victims === undefined ? [this.process.pid] : this.plan.victims(this.process);
  }

  private async spawn(): Promise<LabProcess> {
    this.process = await this.plan.spawn();
    return this.process;
  }

  private async supervise(first: LabProcess): Promise<void> {
    for (let process = first; this.isWanted; process = await this.spawn()) {
      await process.exited;
      await rest(restartMs);
      if (!this.isWanted) return;
    }
  }
}
