import { setTimeout as rest } from 'node:timers/promises';
import { type Arrival } from './await-worker.ts';
import { type HaproxyIncident } from './haproxy-options.ts';

/** Between two tries: doubled up to the longest. */
const [backoffMinMs, backoffMaxMs] = [100, 5_000];

/** Tries until HAProxy serves, or until `start` has nothing to start any more; never fails. */
export const startAgain = async (
  start: () => Promise<Arrival | undefined>,
  tell: (incident: HaproxyIncident) => void,
): Promise<void> => {
  const endedAtMs = performance.now();
  let last: { readonly words?: string } = {};
  for (let failedStarts = 0; ; failedStarts += 1) {
    const arrival = await start().catch((failure: unknown): Arrival => ({ kind: 'failed', words: String(failure) }));
    if (arrival === undefined) return;
    if (arrival.kind === 'serves') {
      return tell({ kind: 'started-again', downMs: performance.now() - endedAtMs, failedStarts, ...last });
    }
    last = { words: arrival.words };
    tell({ kind: 'not-started', words: arrival.words });
    await rest(Math.min(backoffMinMs * 2 ** failedStarts, backoffMaxMs), undefined, { ref: false });
  }
};
