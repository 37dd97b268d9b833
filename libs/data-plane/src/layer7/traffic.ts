import { type Counted, type ProcessStatistics } from './statistics.ts';

const counters = ['sessions', 'bytesIn', 'bytesOut', 'errors'] as const satisfies readonly (keyof Counted)[];
const nothing: Counted = { sessions: 0, bytesIn: 0, bytesOut: 0, errors: 0 };

/** So many processes are remembered. Beyond them, one that comes back after a long silence would be counted again. */
const processesMax = 200;

/**
 * Counts that only grow, of counters that start over with every process: a new worker's begin at 0 at each reload, while
 * an old one still counts what it finishes. What a process counted between our last look and its end is lost.
 *
 * Names stand for one service or server for ever (docs/decisions/0005), so whatever process counts under a name adds to
 * the same sum. HAProxy could carry its counters over itself from 3.0 on, from a file that we do not give it: then this
 * would count twice.
 */
export class Traffic {
  /** By process, what it had counted when it was last asked. The one that was asked longest ago is first. */
  private readonly processes = new Map<number, ReadonlyMap<string, Counted>>();
  private readonly sums = new Map<string, Counted>();

  /** Safe to repeat: what was counted once is not counted again. */
  take(statistics: readonly ProcessStatistics[]): void {
    for (const { pid, counted } of statistics) if (counted !== undefined) this.takeProcess(pid, counted);
    const [oldest] = this.processes.keys();
    if (this.processes.size > processesMax && oldest !== undefined) this.processes.delete(oldest);
  }

  /** By name of service (`vs1`) and of server (`rs2`). The same number or more at every call. */
  of(name: string): Counted {
    return this.sums.get(name) ?? nothing;
  }

  private takeProcess(pid: number, counted: ReadonlyMap<string, Counted>): void {
    const before = this.processes.get(pid);
    for (const [name, now] of counted) {
      this.sums.set(name, sum(this.of(name), growth(before?.get(name) ?? nothing, now)));
    }
    this.processes.delete(pid);
    this.processes.set(pid, counted);
  }
}

const each = (from: (counter: keyof Counted) => number): Counted => ({
  sessions: from('sessions'),
  bytesIn: from('bytesIn'),
  bytesOut: from('bytesOut'),
  errors: from('errors'),
});

const sum = (a: Counted, b: Counted): Counted => each((counter) => a[counter] + b[counter]);

/** Fewer than before: it is another process by the same number, or somebody has cleared its counters. All of it is new. */
const growth = (before: Counted, now: Counted): Counted =>
  counters.some((counter) => now[counter] < before[counter])
    ? each((counter) => now[counter])
    : each((counter) => now[counter] - before[counter]);
