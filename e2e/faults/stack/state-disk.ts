import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type LabProcess, thisMachine, until } from '@evenkeel/testing/lab';

/** Enough for what a worker keeps, small enough to be filled at once. */
const size = '24m';

/**
 * A small disk of its own for one folder, a tmpfs in a mount namespace that nobody else sees: it goes with the process that
 * holds it. Who works on it is started `inside`.
 */
export class StateDisk {
  private constructor(
    private readonly holder: LabProcess,
    private readonly folder: string,
  ) {}

  static async mount(folder: string): Promise<StateDisk> {
    const script = `mkdir -p "$0" && mount -t tmpfs -o size=${size},mode=755 evenkeel-faults "$0" && touch "$0/mounted" && exec sleep infinity`;
    const holder = thisMachine.spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, folder]);
    const disk = new StateDisk(holder, folder);
    const isThere = async (): Promise<boolean> =>
      (await stat(disk.path('mounted')).catch(() => undefined)) !== undefined;
    await until('the disk is there', isThere, { process: holder, withinMs: 10_000 });
    return disk;
  }

  /** How a command is run that sees the disk. */
  inside(command: string, args: readonly string[]): readonly [string, readonly string[]] {
    return ['nsenter', [`--mount=/proc/${this.holder.pid}/ns/mnt`, '--', command, ...args]];
  }

  /** A file on the disk, as seen from here. */
  path(name: string): string {
    return join(`/proc/${this.holder.pid}/root`, this.folder, name);
  }

  /** Leaves no byte free, until the answer is called. */
  async fill(): Promise<() => Promise<void>> {
    const ballast = this.path('ballast');
    const file = await open(ballast, 'w');
    const page = Buffer.alloc(4_096);
    try {
      for (;;) await file.write(page);
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'ENOSPC') throw failure;
    } finally {
      await file.close();
    }
    return () => rm(ballast);
  }

  async dispose(): Promise<void> {
    await this.holder.stop();
  }
}
