import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { type HaproxyFolder } from './haproxy-folder.ts';
import { type Master } from './master.ts';
import { readInfo, type WorkerInfo } from './read-info.ts';
import { sendSignal } from './send-signal.ts';

export type Found = { readonly masterPid: number; readonly worker: WorkerInfo };

/**
 * The HAProxy that an earlier run of ours left serving in this folder, even in the middle of a start or a reload; undefined
 * when there is none. One that lives and does not answer is of no use to anybody, and is ended.
 */
export const findRunning = async (folder: HaproxyFolder, master: Master): Promise<Found | undefined> => {
  const [masterPid] = await mastersIn(folder.path);
  if (masterPid === undefined) return undefined;
  const processes = await master.settledProcesses();
  if (processes?.worker === undefined) {
    sendSignal(masterPid, 'SIGKILL');
    return undefined;
  }
  return { masterPid, worker: readInfo(await master.askWorker(processes.worker, 'show info')) };
};

/**
 * The masters that work in `folder`, as the kernel sees it: one, or none. A file with its number would not do: we may be killed before
 * it is written, and a second HAProxy would share the ports of the first without a word, because both allow it
 * (SO_REUSEPORT).
 */
export const mastersIn = async (path: string): Promise<readonly number[]> => {
  const folder = await realpath(path);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = (await Promise.all(pids.map((pid) => haproxyIn(folder, pid)))).filter((one) => one !== undefined);
  const masters = found.filter(({ parent }) => !found.some(({ pid }) => pid === parent));
  return masters.map(({ pid }) => pid);
};

/** Processes that end while they are looked at, and those of other users, are none of ours. */
const haproxyIn = async (folder: string, pid: string): Promise<{ pid: number; parent: number } | undefined> => {
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (cwd !== folder) return undefined;
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  if (!words.includes('-W')) return undefined; // a check
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return { pid: Number(pid), parent: Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]) };
};
