import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as rest } from 'node:timers/promises';

/** A new folder that every user may pass through; `remove` deletes it. */
export const aFolder = async (owner?: number): Promise<{ folder: string; remove: () => Promise<void> }> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'evenkeel-embedded-')));
  await chmod(folder, 0o755);
  if (owner !== undefined) await chown(folder, owner, owner);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
};

/** Runs `parent.ts` as another process, optionally as another user. */
export const aParent = (
  kind: 'postgres' | 'nats',
  folder: string,
  how: { thenExit?: true; uid?: number } = {},
): ChildProcess =>
  spawn(
    process.execPath,
    [
      '--import',
      path('../../../tools/ts-hooks.mjs'),
      path('./parent.ts'),
      kind,
      folder,
      ...(how.thenExit ? ['exit'] : []),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: '/',
      ...(how.uid === undefined ? {} : { uid: how.uid, gid: how.uid }),
    },
  );

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export type Line = { readonly pid: number; readonly port: number };

/** The line of a parent whose server is up. */
export const lineOf = async (parent: ChildProcess): Promise<Line> => {
  const lines = createInterface({ input: parent.stdout! });
  const [line] = (await once(lines, 'line')) as [string];
  return JSON.parse(line) as Line;
};

export const killAndWait = async (parent: ChildProcess): Promise<void> => {
  if (parent.exitCode !== null || parent.signalCode !== null) return;
  parent.kill('SIGKILL');
  await once(parent, 'exit');
};

/** Whether a process runs; one that has ended and was not yet reaped does not. */
export const isAlive = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && !/^\d+ \(.*\) Z/s.test(stat);
};

/** Resolves when `isSo` does, looking a hundred times a second; throws after `withinMs`. */
export const eventually = async (isSo: () => Promise<boolean>, withinMs = 10_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms`);
    await rest(10);
  }
};

/** Holds a loopback port until `release`. */
export const holdPort = async (port = 0): Promise<{ port: number; release: () => Promise<void> }> => {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { port: address.port, release: () => new Promise((resolve) => server.close(() => resolve())) };
};
