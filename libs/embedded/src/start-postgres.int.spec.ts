import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@evenkeel/kernel/system';
import pg from 'pg';
import { aFolder, aParent, eventually, holdPort, isAlive, killAndWait, lineOf } from '../test/lab.ts';
import { type EmbeddedPostgres, startPostgres, superviseChild } from './index.ts';
import { barrierTo } from './server-user.ts';

const isRoot = process.getuid?.() === 0;
const asRootIt = isRoot ? it : it.skip;
if (!isRoot) console.log('SKIPPED Postgres under another user: needs root');

let top: string;
let folder: string;
const cleanups: (() => Promise<unknown>)[] = [];
const atEnd = (cleanup: () => Promise<unknown>): void => void cleanups.unshift(cleanup);

beforeEach(async () => {
  const made = await aFolder();
  top = made.folder;
  folder = join(top, 'postgres');
  atEnd(made.remove);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const start = async (options: { port?: number; log?: string[] } = {}): Promise<EmbeddedPostgres> => {
  const { port, log = [] } = options;
  const server = await startPostgres({
    folder,
    onLog: (line) => log.push(line),
    ...(port === undefined ? {} : { port }),
  });
  atEnd(() => server.stop());
  return server;
};

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows.flat();
  } finally {
    await client.end();
  }
};

const write = (url: string): Promise<unknown> => query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
const read = (url: string): Promise<unknown[]> => query(url, 'SELECT answer FROM kept');

describe('an embedded Postgres', () => {
  it('keeps its data, port and password over a restart', async () => {
    const first = await start();
    await write(first.url);
    await first.stop();
    expect(await isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await read(second.url)).toEqual([42]);
  });

  it('asks for the password, which only its owner may read', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(folder, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('never trades durability, whatever its data folder says', async () => {
    const first = await start();
    await query(first.url, 'ALTER SYSTEM SET fsync = off');
    await query(first.url, 'ALTER SYSTEM SET synchronous_commit = off');
    await first.stop();
    const { url } = await start();
    expect([await query(url, 'SHOW fsync'), await query(url, 'SHOW synchronous_commit')]).toEqual([['on'], ['on']]);
  });

  it('listens on loopback only', async () => {
    const { url } = await start();
    expect(await query(url, 'SHOW listen_addresses')).toEqual(['127.0.0.1']);
    expect(await query(url, 'SHOW unix_socket_directories')).toEqual(['']);
  });

  it('is back on its port with its data after kill -9 when supervised', async () => {
    const news: string[] = [];
    const supervised = await superviseChild(
      () => startPostgres({ folder }),
      ({ kind }) => news.push(kind),
      new SystemClock(),
    );
    atEnd(() => supervised.stop());
    const first = supervised.current();
    await write(first.url);

    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toMatchObject({ program: 'postgres', signal: 'SIGKILL', wasAsked: false });
    await eventually(async () => Promise.resolve(news.includes('restarted')));

    expect(news).toEqual(['exited', 'restarted']);
    expect(supervised.current().pid).not.toBe(first.pid);
    expect(supervised.current().url).toBe(first.url);
    expect(await read(first.url)).toEqual([42]);
    await supervised.stop();
    expect(await isAlive(supervised.current().pid)).toBe(false);
  });
});

describe('a start after a crash', () => {
  it('stops the server that a killed run left alive, and keeps its data', async () => {
    const made = await start();
    await write(made.url);
    await made.stop();
    const parent = aParent('postgres', folder);
    atEnd(() => killAndWait(parent));
    const leftOver = await lineOf(parent);
    await killAndWait(parent);
    expect(await isAlive(leftOver.pid)).toBe(true);

    const log: string[] = [];
    const { url } = await start({ log });
    expect(log).toEqual([expect.stringContaining(`process ${leftOver.pid}`)]);
    expect(await isAlive(leftOver.pid)).toBe(false);
    expect(url).toBe(made.url);
    expect(await read(url)).toEqual([42]);
  });

  it('throws a torn initdb away and makes the database again', async () => {
    const parent = aParent('postgres', folder);
    atEnd(() => killAndWait(parent));
    const drafts = async (): Promise<string[]> =>
      (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('data.new-'));
    await eventually(async () => (await drafts()).length > 0);
    await killAndWait(parent);
    expect(await drafts()).toHaveLength(1);

    const { url } = await start();
    expect(await query(url, 'SELECT 1')).toEqual([1]);
    expect(await drafts()).toEqual([]);
  });

  it('is not stopped by a pid file whose number another program has now', async () => {
    const first = await start();
    await first.stop();
    const { uid, gid } = await stat(join(folder, 'data'));
    const other = spawn('sleep', ['60'], { uid, gid });
    atEnd(() => killAndWait(other));
    await once(other, 'spawn');
    await writeFile(join(folder, 'data', 'postmaster.pid'), `${other.pid}\n${join(folder, 'data')}\n`);

    const { url } = await start();
    expect(await query(url, 'SELECT 1')).toEqual([1]);
    expect(await isAlive(other.pid!)).toBe(true);
  });

  it('finds nothing left when the run before ended by itself without stopping its server', async () => {
    const parent = aParent('postgres', folder, { thenExit: true });
    atEnd(() => killAndWait(parent));
    const { pid } = await lineOf(parent);
    await eventually(async () => !(await isAlive(pid)));
  });
});

describe('a start that cannot succeed', () => {
  it('names the port that is taken, and the cure', async () => {
    const held = await holdPort();
    atEnd(held.release);
    await expect(start({ port: held.port })).rejects.toThrow(
      `Postgres cannot listen on 127.0.0.1:${held.port}: the port is taken. End the program that holds it`,
    );
  });

  it('leaves a running server on the same folder alone', async () => {
    const { url } = await start();
    await expect(start()).rejects.toThrow('is in use by another running Evenkeel');
    expect(await query(url, 'SELECT 1')).toEqual([1]);
  });

  it('says which password file is missing', async () => {
    await (await start()).stop();
    await rm(join(folder, 'password'));
    await expect(start()).rejects.toThrow(`${join(folder, 'password')} is missing`);
  });

  it("gives Postgres's own words", async () => {
    await (await start()).stop();
    await writeFile(join(folder, 'data', 'PG_VERSION'), '9.6\n');
    await expect(start()).rejects.toThrow(/database files are incompatible with server/);
  });

  asRootIt('names the folder that keeps the user postgres out', async () => {
    await mkdir(join(top, 'home'), { mode: 0o700 });
    await chmod(join(top, 'home'), 0o700);
    folder = join(top, 'home', 'postgres');
    await expect(start()).rejects.toThrow(`chmod o+x ${join(top, 'home')}`);
  });
});

it('moves to another port when its own was taken in the meantime', async () => {
  const first = await start();
  await first.stop();
  const held = await holdPort(first.port);
  atEnd(held.release);
  const log: string[] = [];
  const second = await start({ log });
  expect(second.port).not.toBe(first.port);
  expect(log).toEqual([`port ${first.port} is taken by another program: Postgres moves to ${second.port}`]);
});

const nobody = 65_534;
const barrier = await barrierTo(import.meta.filename, { uid: nobody, gid: nobody });
const asNobodyIt = isRoot && barrier === undefined ? it : it.skip;
if (barrier !== undefined) console.log(`SKIPPED Postgres started by a normal user: ${barrier} is closed to others`);

asNobodyIt('runs under a normal user', async () => {
  const made = await aFolder(nobody);
  atEnd(made.remove);
  const parent = aParent('postgres', join(made.folder, 'postgres'), { uid: nobody });
  atEnd(() => killAndWait(parent));
  const { pid } = await lineOf(parent);
  atEnd(async () => {
    process.kill(pid, 'SIGINT');
    await eventually(async () => !(await isAlive(pid)));
  });
  expect((await stat(`/proc/${pid}`)).uid).toBe(nobody);
});
