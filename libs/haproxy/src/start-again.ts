import { setTimeout as rest } from 'node:timers/promises';
import { type Arrival } from './await-worker.ts';

/** Between two tries: doubled up to the longest. */
const [backoffMinMs, backoffMaxMs] = [100, 5_000];

/** Tries until HAProxy serves, or until `start` has nothing to start any more; never fails. */
export const startAgain = async (
  start: () => Promise<Arrival | undefined>,
  onFailure: (words: string) => void,
): Promise<void> => {
  for (let delayMs = backoffMinMs; ; delayMs = Math.min(delayMs * 2, backoffMaxMs)) {
    const arrival = await start().catch((failure: unknown): Arrival => ({ kind: 'failed', words: String(failure) }));
    if (arrival === undefined || arrival.kind === 'serves') return;
    onFailure(arrival.words);
    await rest(delayMs, undefined, { ref: false });
  }
};
