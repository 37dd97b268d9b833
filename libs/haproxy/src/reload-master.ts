import { type Arrival, awaitWorker } from './await-worker.ts';
import { type HaproxyFolder } from './haproxy-folder.ts';
import { wordsOf } from './haproxy-words.ts';
import { isAlive } from './is-alive.ts';
import { type Master } from './master.ts';
import { type Processes } from './read-processes.ts';

/**
 * Has the master reload the current configuration, of that name, and waits until its worker serves. When it fails,
 * the worker that served serves on. `before`: what the master said of its processes.
 */
export const reloadMaster = async (
  master: Master,
  before: Processes,
  folder: HaproxyFolder,
  name: string,
): Promise<Arrival> => {
  const logStart = await folder.logEnd();
  const failure = /^Success=0\s+(?:--\s+)?(.*)$/s.exec(await master.reload())?.[1];
  if (failure !== undefined) return { kind: 'failed', words: wordsOf(failure) };
  const whyNot = async (): Promise<string | undefined> => {
    const hasFailed = !(await isAlive(before.masterPid)) || gaveUp(before, await master.processes());
    return hasFailed ? wordsOf(await folder.logSince(logStart)) || 'HAProxy gave the reload up' : undefined;
  };
  return awaitWorker(folder.workerSocket(name), ({ pid }) => pid !== before.worker, whyNot);
};

/** The master has been through it, and the worker is the one that it was. */
const gaveUp = (before: Processes, now: Processes | undefined): boolean =>
  now !== undefined && now.reloads > before.reloads && now.worker === before.worker;
