import { setTimeout as rest } from 'node:timers/promises';
import { HaproxyUnreachable } from '@evenkeel/data-plane';
import { readInfo, type WorkerInfo } from './read-info.ts';
import { RuntimeApi } from './runtime-api.ts';

/** 5,000 services take about half a second; a loaded machine takes longer. */
const patienceMs = 30_000;
/** Between two looks for the socket. A look that finds none costs a system call. */
const pauseMs = 1;
/** Between two questions whether it was given up: those wake the master. */
const doubtMs = 25;

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
  const deadlineMs = performance.now() + patienceMs;
  let nextDoubtMs = performance.now() + doubtMs;
  while (performance.now() < deadlineMs) {
    const worker = await workerAt(socketPath);
    if (worker !== undefined && isIt(worker)) return { kind: 'serves', worker };
    if (performance.now() > nextDoubtMs) {
      const words = await whyNot();
      if (words !== undefined) return { kind: 'failed', words };
      nextDoubtMs = performance.now() + doubtMs;
    }
    await rest(pauseMs);
  }
  return { kind: 'failed', words: `no worker served within ${patienceMs} ms` };
};

/** Undefined when nobody answers there. */
export const workerAt = async (socketPath: string): Promise<WorkerInfo | undefined> => {
  try {
    const [info = ''] = await new RuntimeApi(socketPath).ask(['show info']);
    return readInfo(info);
  } catch (failure) {
    if (!(failure instanceof HaproxyUnreachable)) throw failure;
    return undefined;
  }
};
