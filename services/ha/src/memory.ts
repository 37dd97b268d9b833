import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Remembered = z.object({ boot: z.int().min(0), epoch: z.int().min(0) });
type Remembered = z.infer<typeof Remembered>;

/** What a node must not forget: how often it has started, and the newest epoch. On disk when a method returns, unknown when it throws. */
export class Memory {
  private known: Remembered;

  /** Counts this start. */
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const before = this.read();
    this.known = { ...before, boot: before.boot + 1 };
    this.write(this.known);
  }

  get boot(): number {
    return this.known.boot;
  }

  get epoch(): number {
    return this.known.epoch;
  }

  store(epoch: number): void {
    if (epoch <= this.known.epoch) return;
    const next = { ...this.known, epoch };
    this.write(next);
    this.known = next;
  }

  private get path(): string {
    return join(this.folder, 'election.json');
  }

  /** A file that is there and cannot be read is no first start: that node could repeat a count that others have heard. */
  private read(): Remembered {
    try {
      return Remembered.parse(JSON.parse(readFileSync(this.path, 'utf8')));
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return { boot: 0, epoch: 0 };
      throw new Error(`${this.path} cannot be read; it says how often this node has started`, { cause: failure });
    }
  }

  /** Either the old file or the new one is there, whatever happens in between. */
  private write(remembered: Remembered): void {
    const next = `${this.path}.next`;
    const file = openSync(next, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(remembered));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, this.path);
    const folder = openSync(this.folder, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}
