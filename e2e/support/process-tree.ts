import { readdir, readFile, readlink } from 'node:fs/promises';

/** All processes below this one, the nearest first. One that ends meanwhile is left out. */
export const descendantsOf = async (pid: number): Promise<number[]> => {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const below = children.split(' ').filter(Boolean).map(Number);
  return [...below, ...(await Promise.all(below.map(descendantsOf))).flat()];
};

export type Found = { readonly pid: number; readonly parent: number };

/** Processes of this name in the network namespace in which `beside` runs, whoever is their parent. */
export const namedBeside = async (name: string, beside: number): Promise<Found[]> => {
  const place = await readlink(`/proc/${beside}/ns/net`);
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(pids.map((pid) => foundIn(place, name, pid)));
  return found.filter((one) => one !== undefined);
};

const foundIn = async (place: string, name: string, pid: string): Promise<Found | undefined> => {
  const isThere = (await readlink(`/proc/${pid}/ns/net`).catch(() => undefined)) === place;
  if (!isThere || (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() !== name) return undefined;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  if (/^State:\s+Z/m.test(status)) return undefined;
  return { pid: Number(pid), parent: Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]) };
};

/** A process that has ended meanwhile is left alone. */
export const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
    }
  }
};
