import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SignedIn = { readonly user: string; readonly password: string };

/** A real nats-server on loopback for one spec; `restart` keeps port and store. */
export type TestNats = {
  readonly url: string;
  kill(): Promise<void>;
  /** `signedIn`: whom alone it lets in from now on. */
  restart(signedIn?: SignedIn): Promise<void>;
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
    restart: async (signedIn) => {
      await kill();
      server = await launch(folder, port, signedIn);
    },
    dispose: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const launch = async (folder: string, port: number, signedIn?: SignedIn): Promise<ChildProcess> => {
  const credentials = signedIn === undefined ? [] : ['--user', signedIn.user, '--pass', signedIn.password];
  const server = spawn('nats-server', ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', String(port), ...credentials], {
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
