import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@evenkeel/kernel/system';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { aFolder, aParent, eventually, holdPort, isAlive, killAndWait, lineOf } from '../test/lab.ts';
import { type EmbeddedNats, findNatsServer, startNats, superviseChild } from './index.ts';

const hasNats = (await findNatsServer()) !== undefined;
const natsDescribe = hasNats ? describe : describe.skip;
if (!hasNats) console.log('SKIPPED embedded NATS: nats-server is not installed');

let folder: string;
const cleanups: (() => Promise<unknown>)[] = [];
const atEnd = (cleanup: () => Promise<unknown>): void => void cleanups.unshift(cleanup);

beforeEach(async () => {
  const made = await aFolder();
  folder = join(made.folder, 'nats');
  atEnd(made.remove);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const start = async (options: { port?: number; log?: string[] } = {}): Promise<EmbeddedNats> => {
  const { port, log = [] } = options;
  const server = await startNats({ folder, onLog: (line) => log.push(line), ...(port === undefined ? {} : { port }) });
  atEnd(() => server.stop());
  return server;
};

const withClient = async <Answer>(
  { url, user, password }: EmbeddedNats,
  ask: (client: NatsConnection) => Promise<Answer>,
): Promise<Answer> => {
  const client = await connect({ servers: url, user, pass: password, reconnect: false });
  try {
    return await ask(client);
  } finally {
    await client.close();
  }
};

const write = (server: EmbeddedNats, payload: string | Uint8Array = 'kept'): Promise<unknown> =>
  withClient(server, async (client) => {
    await (await jetstreamManager(client)).streams.add({ name: 'KEPT', subjects: ['kept'] });
    return jetstream(client).publish('kept', payload);
  });
const read = (server: EmbeddedNats): Promise<string | undefined> =>
  withClient(server, async (client) => {
    const message = await (await jetstreamManager(client)).streams.getMessage('KEPT', { last_by_subj: 'kept' });
    return message?.string();
  });

natsDescribe('an embedded NATS', () => {
  it('keeps its messages, port and password over a restart', async () => {
    const first = await start();
    await write(first);
    await first.stop();
    expect(await isAlive(first.pid)).toBe(false);

    const second = await start();
    expect({ port: second.port, password: second.password }).toEqual({ port: first.port, password: first.password });
    expect(await read(second)).toBe('kept');
  });

  it('asks for the password, which only its owner may read', async () => {
    const { url } = await start();
    await expect(connect({ servers: url, reconnect: false })).rejects.toThrow(/authorization/i);
    for (const file of ['password', 'nats.conf']) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  it('takes messages of several megabytes', async () => {
    const server = await start();
    await write(server, new Uint8Array(7 * 1024 * 1024));
  });

  it('is back on its port with its messages after kill -9 when supervised', async () => {
    const news: string[] = [];
    const supervised = await superviseChild(
      () => startNats({ folder }),
      ({ kind }) => news.push(kind),
      new SystemClock(),
    );
    atEnd(() => supervised.stop());
    const first = supervised.current();
    await write(first);

    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toMatchObject({ program: 'nats-server', signal: 'SIGKILL', wasAsked: false });
    await eventually(async () => Promise.resolve(news.includes('restarted')));

    expect(supervised.current().pid).not.toBe(first.pid);
    expect(supervised.current().port).toBe(first.port);
    expect(await read(supervised.current())).toBe('kept');
  });

  it('stops the server that a killed run left alive, and keeps its messages', async () => {
    const made = await start();
    await write(made);
    await made.stop();
    const parent = aParent('nats', folder);
    atEnd(() => killAndWait(parent));
    const leftOver = await lineOf(parent);
    await killAndWait(parent);
    expect(await isAlive(leftOver.pid)).toBe(true);

    const log: string[] = [];
    const server = await start({ log });
    expect(log).toEqual([expect.stringContaining(`process ${leftOver.pid}`)]);
    expect(await isAlive(leftOver.pid)).toBe(false);
    expect(server.port).toBe(made.port);
    expect(await read(server)).toBe('kept');
  });

  it('names the port that is taken, and the cure', async () => {
    const held = await holdPort();
    atEnd(held.release);
    await expect(start({ port: held.port })).rejects.toThrow(
      `NATS cannot listen on 127.0.0.1:${held.port}: the port is taken. End the program that holds it`,
    );
  });

  it('leaves a running server on the same folder alone', async () => {
    const running = await start();
    await write(running);
    await expect(start()).rejects.toThrow('is in use by another running Evenkeel');
    expect(await read(running)).toBe('kept');
  });
});
