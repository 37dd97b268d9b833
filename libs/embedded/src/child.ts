import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rename, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { endProcesses, type Ladder } from './end-processes.ts';
import { type ServerUser } from './server-user.ts';

/** A server that runs as our child process. */
export type Child = {
  readonly pid: number;
  /** Resolves when the process has ended, asked or not. Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Ends it cleanly and resolves when it has gone. Safe to repeat. */
  stop(): Promise<void>;
  /** Ends it by SIGKILL, as a crash would. Safe to repeat. */
  kill(): Promise<void>;
};

/** How a child ended; `wasAsked` tells a stop or kill of ours from a crash. */
export type ChildExit = {
  readonly program: string;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly wasAsked: boolean;
};

export type ChildOrder = {
  readonly program: string;
  readonly args: readonly string[];
  /** Its working folder: this is how a later run recognises a left-over. */
  readonly folder: string;
  /** Its standard output and error, appended. */
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined: runs as the present user. */
  readonly user: ServerUser | undefined;
  readonly ladder: Ladder;
  /** Gives back what the server held, when it has ended. */
  readonly release: () => Promise<void>;
};

/** A started child, and what it wrote to its log so far. */
export type StartedChild = Child & { said(): Promise<string> };

/**
 * Starts a program. It writes to its log file itself rather than through a pipe to us: it must neither stall when we
 * are busy nor stumble when we are killed. Throws Node's error when the program cannot be executed.
 */
export const startChild = async (order: ChildOrder): Promise<StartedChild> => {
  const { program, args, folder, logFile, environment, user, ladder, release } = order;
  await rotate(logFile);
  const log = await open(logFile, 'a', 0o600);
  const { size: from } = await log.stat();
  // Detached: Ctrl-C on a terminal reaches every process of the group, and the servers must outlive their clients.
  const spawned = spawn(program, args, {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    ...user,
  });
  let hasExited = false;
  let wasAsked = false;
  const ended = new Promise<Pick<ChildExit, 'code' | 'signal'>>((resolve) => {
    spawned.once('exit', (code, signal) => {
      hasExited = true;
      resolve({ code, signal });
    });
  });
  try {
    await once(spawned, 'spawn');
  } finally {
    await log.close();
  }
  const pid = spawned.pid!;

  // Last resort, when we end without having stopped it.
  const endWithUs = (): void => void spawned.kill(ladder[0]?.signal);
  process.once('exit', endWithUs);
  const exited = ended.then(async (ending) => {
    process.removeListener('exit', endWithUs);
    await release();
    return { program: basename(program), pid, ...ending, wasAsked };
  });

  const end = async (steps: Ladder): Promise<void> => {
    wasAsked ||= !hasExited;
    await endProcesses(() => (hasExited ? [] : [pid]), steps);
    await exited;
  };
  return { pid, exited, stop: () => end(ladder), kill: () => end([]), said: () => readFrom(logFile, from) };
};

const logMaxBytes = 8 * 1024 * 1024;

/** Keeps one older generation, so that a log never fills the disk. */
const rotate = async (logFile: string): Promise<void> => {
  const found = await stat(logFile).catch(() => undefined);
  if (found !== undefined && found.size > logMaxBytes) await rename(logFile, `${logFile}.1`);
};

const saidMaxBytes = 4_096;

/** The end of the log, no further back than `from`. */
const readFrom = async (logFile: string, from: number): Promise<string> => {
  const log = await open(logFile);
  try {
    const { size } = await log.stat();
    const start = Math.max(from, size - saidMaxBytes);
    const { buffer, bytesRead } = await log.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await log.close();
  }
};
