import { setTimeout as rest } from 'node:timers/promises';

/** Signals from polite to final, each with the time the program gets to obey. */
export type Ladder = readonly { readonly signal: NodeJS.Signals; readonly waitMs: number }[];

const lookEveryMs = 10;

/**
 * Sends the ladder's signals until `living` names no process any more, and SIGKILL at its end.
 * Safe to repeat. Throws when a process outlives even SIGKILL (it hangs inside the kernel, on a dead disk for example).
 */
export const endProcesses = async (
  living: () => Promise<readonly number[]> | readonly number[],
  ladder: Ladder,
): Promise<void> => {
  for (const { signal, waitMs } of [...ladder, { signal: 'SIGKILL', waitMs: 5_000 } as const]) {
    for (const pid of await living()) send(pid, signal);
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      if ((await living()).length === 0) return;
      await rest(lookEveryMs);
    }
  }
  throw new Error(`processes ${(await living()).join(', ')} did not end, not even by SIGKILL`);
};

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (failure) {
    // It ended between the look and the signal.
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
  }
};
