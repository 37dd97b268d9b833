import { connectBus } from '@evenkeel/bus';
import { type CommitLog, openCommitLog } from '@evenkeel/commit-log';
import { SystemClock } from '@evenkeel/kernel/system';
import type { NatsConnection } from '@nats-io/transport-node';
import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Archive } from './book/archive.ts';
import { Book } from './book/book.ts';
import { ensureFirstToken } from './book/first-token.ts';
import { CommandsController } from './commands.controller.ts';
import { QueriesController } from './queries.controller.ts';
import type { ConfigSettings } from './settings.ts';
import { type Parts, wire } from './wiring.ts';

export const BUS = Symbol('bus connection');
const LOG = Symbol('commit log');
const PARTS = Symbol('parts');

@Module({ controllers: [CommandsController, QueriesController] })
export class ConfigModule implements OnApplicationShutdown {
  constructor(
    @Inject(BUS) private readonly connection: NatsConnection,
    @Inject(LOG) private readonly log: CommitLog,
    @Inject(PARTS) private readonly parts: Parts,
  ) {}

  /** Starts the loops. Called when the controllers listen, so that no answer is lost. */
  run(): void {
    this.parts.run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.parts.stop();
    await this.connection.drain();
    await this.log.close();
  }

  static with(settings: ConfigSettings): DynamicModule {
    const logger = new Logger('config');
    const onFailure = (failure: unknown): void => logger.warn(String(failure));
    return {
      module: ConfigModule,
      providers: [
        { provide: BUS, useFactory: () => connectBus({ ...settings.nats, name: 'config' }) },
        { provide: LOG, useFactory: () => open(settings, onFailure) },
        {
          provide: PARTS,
          inject: [LOG, BUS],
          useFactory: (log: CommitLog, connection: NatsConnection) =>
            wire(settings, log, connection, new SystemClock(), onFailure),
        },
        { provide: Book, inject: [PARTS], useFactory: ({ book }: Parts) => book },
        { provide: Archive, inject: [PARTS], useFactory: ({ archive }: Parts) => archive },
      ],
    };
  }
}

/** Throws `WrongSchema` with the command that mends it. */
const open = async (settings: ConfigSettings, onFailure: (failure: unknown) => void): Promise<CommitLog> => {
  const log = await openCommitLog(settings.databaseUrl, { onFailure });
  if (settings.adminTokenFile !== undefined) await ensureFirstToken(log, settings.adminTokenFile, new Date());
  return log;
};
