/** `ageSeconds`: since it was started. */
export type OldWorker = { readonly pid: number; readonly ageSeconds: number };

/** What the master says of itself and its workers in `show proc`. */
export type Processes = {
  readonly masterPid: number;
  /** Reloads so far, failed ones included. */
  readonly reloads: number;
  /** The worker that serves; undefined while the master starts. */
  readonly worker: number | undefined;
  /** Workers of earlier configurations that still finish connections. */
  readonly oldWorkers: readonly OldWorker[];
};

/** `show proc`. Undefined when this is not its answer. */
export const readProcesses = (answer: string): Processes | undefined => {
  const [now = '', old = ''] = answer.split('# old workers');
  const master = /^(\d+)\s+master\s+(\d+)/m.exec(now);
  if (master === null) return undefined;
  return {
    masterPid: Number(master[1]),
    reloads: Number(master[2]),
    worker: workersIn(now)[0]?.pid,
    oldWorkers: workersIn(old),
  };
};

const workersIn = (text: string): readonly OldWorker[] =>
  [...text.matchAll(/^(\d+)\s+worker\s+\d+\s+(\d+)d(\d+)h(\d+)m(\d+)s/gm)].map(([, pid, ...age]) => {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = age.map(Number);
    return { pid: Number(pid), ageSeconds: ((days * 24 + hours) * 60 + minutes) * 60 + seconds };
  });
