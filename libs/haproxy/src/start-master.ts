import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { type Arrival, awaitWorker } from './await-worker.ts';
import { type HaproxyFolder } from './haproxy-folder.ts';
import { type HaproxyProgram } from './haproxy-program.ts';
import { wordsOf } from './haproxy-words.ts';

export type Start = { readonly arrival: Arrival; readonly masterPid: number | undefined };

/**
 * Starts HAProxy as master and worker on the current configuration, of that name, and waits until it serves. It
 * leads a session of its own and writes to a file, so that it serves on when we are killed. `onExit`: it ended, now or
 * later.
 */
export const startMaster = async (
  program: HaproxyProgram,
  folder: HaproxyFolder,
  name: string,
  onExit: (pid: number) => void,
): Promise<Start> => {
  const logStart = await folder.logEnd();
  const log = await open(folder.log, 'a', 0o600);
  let end: string | undefined;
  const args = ['-W', '-S', 'unix@master.sock,mode,600', '-L', program.nodeName, '-f', 'haproxy.cfg'];
  const child = spawn(program.command, args, {
    cwd: folder.path,
    env: program.environment,
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  child.once('error', (failure) => (end = failure.message));
  child.once('exit', () => {
    end ??= 'HAProxy ended';
    if (child.pid !== undefined) onExit(child.pid);
  });
  child.unref();
  await log.close();
  const whyNot = async () => end && (wordsOf(await folder.logSince(logStart)) || end);
  const arrival = await awaitWorker(folder.workerSocket(name), () => true, whyNot);
  if (arrival.kind === 'failed' && end === undefined) child.kill('SIGKILL');
  return { arrival, masterPid: child.pid };
};
