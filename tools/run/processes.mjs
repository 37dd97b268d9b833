import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';

export const root = resolve(import.meta.dirname, '..', '..');
const installedPrograms = join(root, 'node_modules', '.bin');

/** PATH with the pinned Node and tools first, and the administrator's folders, which a normal user's PATH lacks. */
export const searchPath = () =>
  [installedPrograms, systemPath(), '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter);

/** PATH as it was before npm put `node_modules/.bin` in front: for npm, which replaces that very folder. */
export const systemPath = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
    .join(delimiter);

const repeatWithinMs = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in the checkout and answers its exit status, 128 + n when signal n ended it, 127 when there is no such
 * program. Our own signals are passed on, once, or a program would take the second for impatience: it has a process group
 * of its own, because Ctrl-C reaches a whole group, and npm repeats to us what the terminal has sent us already. They go to
 * all of that group, or to the `process` alone when it stops its children itself.
 * `onOutput` takes standard output and error instead of the terminal.
 */
export const run = (program, args, { env = {}, signalsGoTo = 'group', onOutput, cwd = root } = {}) =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, PATH: searchPath(), ...env },
      detached: true,
      stdio: onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput);

    let passedMs = -Infinity;
    const pass = (signal) => {
      wasInterrupted = true;
      if (performance.now() - passedMs < repeatWithinMs) return;
      passedMs = performance.now();
      try {
        process.kill(signalsGoTo === 'group' ? -child.pid : child.pid, signal);
      } catch {
        // It has just ended, and its status is on the way.
      }
    };
    for (const signal of signals) process.on(signal, pass);
    const end = (status) => {
      for (const signal of signals) process.removeListener(signal, pass);
      resolve(status);
    };
    child.once('error', (failure) => {
      console.error(`${program}: ${failure.message}`);
      end(127);
    });
    child.once('close', (code, signal) => end(code ?? 128 + constants.signals[signal]));
  });

let wasInterrupted = false;

/** Whether a signal has asked us to end: then nothing new may be started. */
export const isInterrupted = () => wasInterrupted;
