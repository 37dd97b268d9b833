/** Signals every process of a group by its leader's pid. A group without members is left alone. */
export const signalGroup = (leaderPid: number, signal: NodeJS.Signals): void => signalOne(-leaderPid, signal);

/** Signals one process. One that has ended is left alone. */
export const signalOne = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
  }
};
