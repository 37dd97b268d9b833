import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real nats-server on loopback for one spec; `restart` keeps port and store. */
export type TestNats = {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  dispose(): Promise<void>;
};

export const startTestNats = async (): Promise<TestNats> => {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-bus-'));
  const port = await freePort();
  let server = await launch(folder, port);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  return {
    url: `127.0.0.1:${port}`,
    kill,
    restart: async () => {
      await kill();
      server = await launch(folder, port);
    },
    dispose: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const launch = async (folder: string, port: number): Promise<ChildProcess> => {
  const server = spawn('nats-server', ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ready = Promise.withResolvers<void>();
  server.stderr.on('data', (text: Buffer) => {
    if (text.includes('Server is ready')) ready.resolve();
  });
  server.once('error', ready.reject);
  server.once('exit', () => ready.reject(new Error('nats-server ended before it was ready')));
  await ready.promise;
  return server;
};

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};
