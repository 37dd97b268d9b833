import { endBus } from '@evenkeel/bus';
import type { CommitLog } from '@evenkeel/commit-log';
import type { NatsConnection } from '@nats-io/transport-node';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Archive } from './book/archive.ts';
import { Book } from './book/book.ts';
import { CommandsController } from './commands.controller.ts';
import { QueriesController } from './queries.controller.ts';
import type { Parts } from './wiring.ts';

/** What `config` stands on. The module closes it at the end. */
export type Ground = { readonly log: CommitLog; readonly connection: NatsConnection; readonly parts: Parts };
const GROUND = Symbol('ground');

@Module({ controllers: [CommandsController, QueriesController] })
export class ConfigModule implements OnApplicationShutdown {
  constructor(@Inject(GROUND) private readonly ground: Ground) {}

  async onApplicationShutdown(): Promise<void> {
    const { log, connection, parts } = this.ground;
    parts.stop();
    await endBus(connection);
    await log.close();
  }

  static with(ground: Ground): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: GROUND, useValue: ground },
        { provide: Book, useValue: ground.parts.book },
        { provide: Archive, useValue: ground.parts.archive },
      ],
    };
  }
}
