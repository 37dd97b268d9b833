import { setTimeout as rest } from 'node:timers/promises';
import { isAlive } from './is-alive.ts';
import { sendSignal } from './send-signal.ts';

const pauseMs = 20;

/**
 * Ends a HAProxy master with its workers: first softly (it stops listening and lets connections end, for `graceMs`), then
 * at once, then by force. Source: management guide 2.6, section 4, "Stopping and restarting HAProxy".
 */
export const endProcess = async (pid: number, graceMs: number): Promise<void> => {
  const manners = [
    ['SIGUSR1', graceMs],
    ['SIGTERM', 2_000],
    ['SIGKILL', 2_000],
  ] as const;
  for (const [signal, patienceMs] of manners) {
    if (!(await isAlive(pid))) return;
    sendSignal(pid, signal);
    if (await endsWithin(pid, patienceMs)) return;
  }
};

const endsWithin = async (pid: number, patienceMs: number): Promise<boolean> => {
  const deadlineMs = performance.now() + patienceMs;
  while (performance.now() < deadlineMs) {
    await rest(pauseMs);
    if (!(await isAlive(pid))) return true;
  }
  return false;
};
