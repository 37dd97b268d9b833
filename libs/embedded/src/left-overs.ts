import { readdir, readFile, readlink } from 'node:fs/promises';
import { endProcesses, type Ladder } from './end-processes.ts';

/**
 * Ends what a killed run left behind: processes of these programs that work inside `folder`.
 * They are stopped rather than adopted: a fresh start has our present settings, port and parent, and costs a few
 * hundredths of a second. Call it under the folder's lock, or it ends a living run's servers.
 */
export const endLeftOvers = async (
  folder: string,
  programs: readonly string[],
  ladder: Ladder,
  onLog: (line: string) => void,
): Promise<void> => {
  const found = await leftOvers(folder, programs);
  if (found.length === 0) return;
  onLog(`a killed run left ${programs[0]} behind (process ${found.join(', ')}): stopping it first`);
  await endProcesses(() => leftOvers(folder, programs), ladder);
};

/**
 * The topmost of those processes. Their children (a postmaster's backends) end with them, and must not get a signal of
 * their own: SIGINT means something else to a backend. Source of the fields: proc(5), `cwd`, `comm` and `stat`.
 */
const leftOvers = async (folder: string, programs: readonly string[]): Promise<number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const looked = await Promise.all(pids.map((pid) => look(Number(pid)).catch(() => undefined)));
  const ours = looked
    .filter((one) => one !== undefined)
    .filter(({ program, cwd }) => programs.includes(program) && (cwd === folder || cwd.startsWith(`${folder}/`)));
  return ours.filter(({ parent }) => !ours.some(({ pid }) => pid === parent)).map(({ pid }) => pid);
};

type Look = { readonly pid: number; readonly parent: number; readonly program: string; readonly cwd: string };

/** Rejects for a process that has ended, or that is another user's. */
const look = async (pid: number): Promise<Look> => {
  const cwd = await readlink(`/proc/${pid}/cwd`);
  const [, program, parent] = /^\d+ \((.*)\) \S (\d+) /s.exec(await readFile(`/proc/${pid}/stat`, 'latin1')) ?? [];
  return { pid, parent: Number(parent), program: program ?? '', cwd };
};
