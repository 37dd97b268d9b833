import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { awaitReady } from './await-ready.ts';
import { type Child, type ChildOrder, startChild } from './child.ts';
import { choosePort } from './choose-port.ts';
import { type Ladder } from './end-processes.ts';
import { findNatsServer } from './find-nats-server.ts';
import { endLeftOvers } from './left-overs.ts';
import { natsConfiguration, type NatsSettings } from './nats-settings.ts';
import { readOrMakeSecret, writePrivateFile } from './private-file.ts';
import { type ServerOptions, withServerFolder } from './server-folder.ts';

/** A NATS server of our own: connect to `url` as `user` with `password`. */
export type EmbeddedNats = Child & NatsSettings & { readonly url: string };

export class NatsServerMissing extends Error {
  override readonly name = 'NatsServerMissing';

  constructor() {
    super('nats-server is not installed. Install it (apt-get install nats-server), or set NATS_URL to a running one');
  }
}

/**
 * Starts `nats-server` with JetStream on loopback, its files in `folder`: `jetstream`, `nats.conf` and `password` (mode
 * 0600), `port` and `nats.log`. Safe to call after any crash of ours or its own: what a killed run left alive is stopped
 * first. Resolves when a connection with the password was accepted and JetStream has answered it.
 *
 * Throws `NatsServerMissing`, `FolderInUse`, `PortTaken` or `ChildFailed`. Tried on 2.9.10.
 */
export const startNats = ({
  folder,
  port,
  onLog = () => {},
  onSpawned = () => {},
}: ServerOptions): Promise<EmbeddedNats> =>
  withServerFolder(folder, async (home, release) => {
    const program = await findNatsServer();
    if (program === undefined) throw new NatsServerMissing();
    await endLeftOvers(home, ['nats-server'], ladder, onLog);

    const settings: NatsSettings = {
      port: await choosePort({ folder: home, program: 'NATS', wanted: port }, onLog),
      user: 'evenkeel',
      password: await readOrMakeSecret(join(home, 'password')),
    };
    const file = join(home, 'nats.conf');
    await writePrivateFile(file, natsConfiguration(settings));
    const order: ChildOrder = {
      program,
      args: ['-c', file],
      folder: home,
      logFile: join(home, 'nats.log'),
      environment: {},
      user: undefined,
      ladder,
      release,
    };
    const child = await startChild(order);
    onSpawned();
    const url = `nats://127.0.0.1:${settings.port}`;
    await awaitReady(child, order, () => answers(url, settings));
    return { ...child, ...settings, url };
  });

const ladder: Ladder = [{ signal: 'SIGTERM', waitMs: 10_000 }];

const answers = async (servers: string, { user, password }: NatsSettings): Promise<boolean> => {
  const connection = await connect({ servers, user, pass: password, reconnect: false, timeout: 5_000 });
  try {
    await (await jetstreamManager(connection)).getAccountInfo();
    return true;
  } finally {
    await connection.close();
  }
};
