import { readFile } from 'node:fs/promises';
import { type HaproxyFolder } from './haproxy-folder.ts';
import { worksIn } from './is-alive.ts';
import { type Master } from './master.ts';
import { type WorkerInfo, readInfo } from './read-info.ts';

export type Found = { readonly masterPid: number; readonly worker: WorkerInfo };

/**
 * The HAProxy that an earlier run of ours left serving in this folder, even in the middle of a reload; undefined when
 * there is none. One that lives and does not answer is of no use to anybody, and is ended.
 */
export const findRunning = async (folder: HaproxyFolder, master: Master): Promise<Found | undefined> => {
  const pid = Number(await readFile(folder.pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0 || !(await worksIn(pid, folder.path))) return undefined;
  const processes = await master.settledProcesses();
  if (processes?.worker === undefined) {
    process.kill(pid, 'SIGKILL');
    return undefined;
  }
  return { masterPid: pid, worker: readInfo(await master.askWorker(processes.worker, 'show info')) };
};
