import { readFile } from 'node:fs/promises';

/** Linux: `USER_HZ`, the unit of processor time in /proc. */
const ticksPerSecond = 100;

/** A process and everything that it started, itself first. */
export const withDescendants = async (pid: number): Promise<number[]> => {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean);
  const below = await Promise.all(children.map((child) => withDescendants(Number(child))));
  return [pid, ...below.flat()];
};

/** Memory in MiB, PSS: what several processes have in common is shared out among them. */
export const memoryOf = async (pid: number): Promise<number> =>
  Number(/^Pss:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1_024;

/** Milliseconds of processor time that a process has used so far. Source: proc(5), fields 14 and 15 of `stat`. */
export const processorMs = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold spaces
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
};

export const programOf = async (pid: number): Promise<string> => (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
