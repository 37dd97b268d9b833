import { join } from 'node:path';
import {
  type Child,
  type EmbeddedNats,
  type EmbeddedPostgres,
  type ServerOptions,
  startNats,
  startPostgres,
  superviseChild,
  type Supervised,
  type SupervisionNews,
} from '@evenkeel/embedded';
import { SystemClock } from '@evenkeel/kernel/system';
import type { ApplianceSettings } from './settings.ts';

export type Servers = { readonly postgres: Supervised<EmbeddedPostgres>; readonly nats: Supervised<EmbeddedNats> };

/** Servers on their way up. */
export type ComingServers = {
  /** Resolves when both programs run, and there is nothing to do for them but to wait. */
  readonly areSpawned: Promise<unknown>;
  /** Resolves when both answer. Rejects with what kept one from it. */
  readonly areUp: Promise<Servers>;
};

export type ServersOrder = {
  readonly settings: ApplianceSettings;
  /** Each server has a folder of its own below it. */
  readonly data: string;
  readonly say: (line: string) => void;
  readonly atStop: (stop: () => Promise<void>) => void;
};

/** Starts Postgres and NATS as our children; each is started again when it dies. */
export const startServers = ({ settings, data, say, atStop }: ServersOrder): ComingServers => {
  const start = <Server extends Child>(
    name: string,
    wantedPort: number,
    launch: (options: ServerOptions) => Promise<Server>,
  ) => {
    const { promise: isSpawned, resolve: onSpawned } = Promise.withResolvers<void>();
    const port = wantedPort === 0 ? {} : { port: wantedPort };
    const options = { folder: join(data, name), onLog: say, onSpawned, ...port };
    const tell = (news: SupervisionNews<Server>): void => {
      if (news.kind !== 'restarted') say(`${name}: ${news.kind}, starting it again in ${news.restartInMs} ms`);
    };
    const isUp = superviseChild(() => launch(options), tell, new SystemClock()).then((server) => {
      atStop(() => server.stop());
      return server;
    });
    return { isSpawned, isUp };
  };

  const postgres = start('postgres', settings.postgresPort, startPostgres);
  const nats = start('nats', settings.natsPort, startNats);
  const areUp = allUp(postgres.isUp, nats.isUp);
  return { areSpawned: Promise.race([Promise.all([postgres.isSpawned, nats.isSpawned]), areUp]), areUp };
};

/** When one fails, the other is waited for as well: it must not come up behind a stop. */
const allUp = async (postgres: Promise<Servers['postgres']>, nats: Promise<Servers['nats']>): Promise<Servers> => {
  await Promise.allSettled([postgres, nats]);
  return { postgres: await postgres, nats: await nats };
};
