import { readFile } from 'node:fs/promises';

/**
 * Whether a process still runs. A zombie does not, though it can be signalled: an adopted HAProxy is not our child, and
 * not every init of a container reaps. Source: proc_pid_stat(5).
 */
export const isAlive = async (pid: number): Promise<boolean> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const state = text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3);
  return state !== '' && state !== 'Z' && state !== 'X';
};
