import { setTimeout as rest } from 'node:timers/promises';
import { HaproxyUnreachable } from '@evenkeel/data-plane';
import { readInfo, type WorkerInfo } from './read-info.ts';
import { RuntimeApi } from './runtime-api.ts';

/** 5,000 services take about half a second; a loaded machine takes longer. */
const patienceMs = 30_000;
/** Between two looks for the socket. A look that finds none costs a system call. */
const pauseMs = 1;
/** Between two questions whether it was given up. */
const doubtMs = 50;

export type Arrival =
  { readonly kind: 'serves'; readonly worker: WorkerInfo } | { readonly kind: 'failed'; readonly words: string };

/**
 * Waits for the worker that `isIt` tells from earlier ones. Its socket is open before it serves: who connects early is
 * answered as soon as it does, so nothing is lost between two looks. `whyNot` says, when asked, that nobody will come.
 */
export const awaitWorker = async (
  socketPath: string,
  isIt: (worker: WorkerInfo) => boolean,
  whyNot: () => Promise<string | undefined>,
): Promise<Arrival> => {
  const given = new AbortController();
  let words: string | undefined;
  // Beside the looks, not between them: a master that is starting over answers later than its worker serves.
  doubt(whyNot, given.signal).then(
    (why) => (words = why),
    (failure: unknown) => (words = String(failure)),
  );
  try {
    while (words === undefined) {
      const worker = await workerAt(socketPath);
      if (worker !== undefined && isIt(worker)) return { kind: 'serves', worker };
      await rest(pauseMs);
    }
    return { kind: 'failed', words };
  } finally {
    given.abort();
  }
};

/** Why nobody will come, as soon as that is known; undefined once `signal` says that somebody came. */
const doubt = async (whyNot: () => Promise<string | undefined>, signal: AbortSignal): Promise<string | undefined> => {
  const deadlineMs = performance.now() + patienceMs;
  while (performance.now() < deadlineMs) {
    await rest(doubtMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return undefined;
    const words = await whyNot();
    if (words !== undefined) return words;
  }
  return `no worker served within ${patienceMs} ms`;
};

/** Undefined when nobody answers there. */
const workerAt = async (socketPath: string): Promise<WorkerInfo | undefined> => {
  try {
    const [info = ''] = await new RuntimeApi(socketPath).ask(['show info']);
    return readInfo(info);
  } catch (failure) {
    if (!(failure instanceof HaproxyUnreachable)) throw failure;
    return undefined;
  }
};
