import { readFile } from 'node:fs/promises';

/** Whether a process still does something. One that ended and waits for its parent to notice (a zombie) does not. */
export const isRunning = async (pid: number): Promise<boolean> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return !/^\) Z/.test(stat.slice(stat.lastIndexOf(')'))); // the name before the state may hold anything
  } catch {
    return false;
  }
};
