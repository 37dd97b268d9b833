import { existsSync, renameSync } from 'node:fs';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HaproxyFiles, serverStateFile, workerSocket } from '@evenkeel/data-plane';

/** The folder cannot hold HAProxy's sockets. */
export class FolderUnusable extends Error {
  override readonly name = 'FolderUnusable';
}

/** `sun_path` of unix(7), with room for the NUL at its end. */
const socketPathMax = 107;
/** HAProxy's log holds starts, reloads and changes of servers; older lines than these are of no use. */
const logMax = 1 << 20;

/**
 * What lies in HAProxy's working folder, readable by its owner alone: who writes to these sockets steers the traffic.
 *
 * - `haproxy.cfg`: the last good configuration, but for the moment of a reload, when it is the one being tried.
 * - `haproxy.cfg.previous`: the last good one during that moment, and until the new one is safe on the disk.
 * - `haproxy.cfg.refused`: the last one that HAProxy refused, for whoever wants to know.
 */
export class HaproxyFolder {
  readonly masterSocket: string;
  readonly log: string;
  private readonly configuration: string;
  private readonly candidate: string;
  private readonly previous: string;
  private readonly serverStates: string;

  constructor(readonly path: string) {
    this.masterSocket = join(path, 'master.sock');
    this.log = join(path, 'haproxy.log');
    this.configuration = join(path, 'haproxy.cfg');
    this.candidate = `${this.configuration}.candidate`;
    this.previous = `${this.configuration}.previous`;
    this.serverStates = join(path, serverStateFile);
    const longest = Buffer.byteLength(this.workerSocket('0'.repeat(64)));
    if (longest > socketPathMax) {
      throw new FolderUnusable(
        `${path} is too long for a socket's path: ${longest} bytes with it, ${socketPathMax} fit`,
      );
    }
  }

  workerSocket(name: string): string {
    return join(this.path, workerSocket(name));
  }

  async prepare(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await chmod(this.path, 0o700);
  }

  /** The configuration that a start would take; undefined in a new folder. */
  async current(): Promise<string | undefined> {
    return readFile(this.configuration, 'utf8').catch(undefinedWhenMissing);
  }

  /** The name of the current configuration: see `configurationName` of the data plane. */
  async name(): Promise<string | undefined> {
    return /^ {2}description ([0-9a-f-]+)$/m.exec((await this.current()) ?? '')?.[1];
  }

  /**
   * Makes whole what a crash in the middle of a reload left. While a HAProxy lives, the configuration being tried may be the
   * one that it serves; otherwise it may be torn, and the one before it is as good as new. False: there is none.
   */
  async recover(isRunning: boolean): Promise<boolean> {
    const current = await this.current();
    if (this.hasPrevious() && (!isRunning || current === undefined)) return this.revert();
    return current !== undefined;
  }

  /** Whether a configuration is being tried, or was in a crash. */
  hasPrevious(): boolean {
    return existsSync(this.previous);
  }

  /** Beside the current one. */
  async writeCandidate({ configuration, serverStates }: HaproxyFiles): Promise<void> {
    await Promise.all([
      writeFile(this.candidate, configuration, { mode: 0o600 }),
      writeFile(`${this.serverStates}.candidate`, serverStates, { mode: 0o600 }),
    ]);
  }

  /**
   * Makes the candidate the current one. A crash at any line leaves one of both to start from. A reload waits for this, and
   * three turns of the event loop would take longer than the renames.
   */
  promote(): void {
    renameSync(`${this.serverStates}.candidate`, this.serverStates);
    if (existsSync(this.configuration)) renameSync(this.configuration, this.previous);
    renameSync(this.candidate, this.configuration);
  }

  /**
   * The candidate is the last good one now. Only here is the disk waited for: until then the one before it is there to start
   * from. `serving`: the name that the worker started with.
   */
  async settle(serving: string): Promise<void> {
    await Promise.all([this.configuration, this.serverStates, this.path].map(sync));
    await rm(this.previous, { force: true });
    await this.removeSocketsBut(this.workerSocket(serving));
    await sync(this.path);
  }

  /** The candidate could not serve: the last good one is the current one again. False: there was none before it. */
  async revert(): Promise<boolean> {
    await rename(this.configuration, `${this.configuration}.refused`).catch(undefinedWhenMissing);
    const hasPrevious = this.hasPrevious();
    if (hasPrevious) await rename(this.previous, this.configuration);
    return hasPrevious;
  }

  /** The candidate was refused before anybody tried it. */
  async discardCandidate(): Promise<void> {
    await rename(this.candidate, `${this.configuration}.refused`);
  }

  /** How long the log is now; what HAProxy says from now on begins there. */
  async logEnd(): Promise<number> {
    await this.trimLog();
    return this.logSize();
  }

  /** Empties a log that has grown long. HAProxy appends, so it goes on at the new end. */
  async trimLog(): Promise<void> {
    if ((await this.logSize()) > logMax) await truncate(this.log, 0);
  }

  private async logSize(): Promise<number> {
    return (await stat(this.log).catch(undefinedWhenMissing))?.size ?? 0;
  }

  async logSince(start: number): Promise<string> {
    const text = await readFile(this.log).catch(undefinedWhenMissing);
    return text?.subarray(start).toString('utf8') ?? '';
  }

  /** HAProxy leaves the sockets of earlier workers behind. Nobody listens there any more. */
  private async removeSocketsBut(socket: string): Promise<void> {
    const sockets = (await readdir(this.path)).filter((name) => /^worker-.*\.sock$/.test(name));
    const stale = sockets.map((name) => join(this.path, name)).filter((path) => path !== socket);
    await Promise.all(stale.map((path) => rm(path, { force: true })));
  }
}

/** Makes the content of a file, or the names in a folder, safe on the disk. */
const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const undefinedWhenMissing = (failure: NodeJS.ErrnoException): undefined => {
  if (failure.code !== 'ENOENT') throw failure;
};
