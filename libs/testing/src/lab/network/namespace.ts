import { setTimeout as rest } from 'node:timers/promises';
import { signalOne } from '../programs/process-group.ts';
import { runCommand, runOrThrow } from '../programs/run-command.ts';

/** Runs `ip` commands, one per line, in one process: in a namespace, or between namespaces when none is named. */
export const ip = async (namespace: string | undefined, lines: readonly string[]): Promise<void> => {
  const where = namespace === undefined ? [] : ['-n', namespace];
  await runOrThrow('ip', [...where, '-batch', '-'], { input: `${lines.join('\n')}\n` });
};

/** The arguments that make `ip` run a program in a namespace. It replaces itself by the program, so the pid stays. */
export const inNamespace = (namespace: string, command: string, args: readonly string[]): string[] => [
  'netns',
  'exec',
  namespace,
  command,
  ...args,
];

/** Ends what still runs in a namespace and deletes it. Safe to repeat. Throws `CommandFailed` when it cannot go. */
export const removeNamespace = async (namespace: string): Promise<void> => {
  // Two seconds in all: a killed process needs a moment to let go.
  for (let round = 0; round < 100; round += 1) {
    const pids = await pidsIn(namespace);
    if (pids === undefined) return;
    if (pids.length === 0) break;
    for (const pid of pids) signalOne(pid, 'SIGKILL');
    await rest(20);
  }
  await runOrThrow('ip', ['netns', 'del', namespace]);
};

/** Undefined when there is no such namespace. */
const pidsIn = async (namespace: string): Promise<number[] | undefined> => {
  const { stdout, code } = await runCommand('ip', ['netns', 'pids', namespace]);
  return code === 0 ? stdout.split('\n').filter(Boolean).map(Number) : undefined;
};
