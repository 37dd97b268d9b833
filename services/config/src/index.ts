import 'reflect-metadata';
import { SharedServerNats } from '@evenkeel/bus';
import type { NatsConnection } from '@nats-io/transport-node';
import { NestFactory } from '@nestjs/core';
import { BUS, ConfigModule } from './config.module.ts';
import type { ConfigSettings } from './settings.ts';

export { type ConfigSettings, configSettingsFrom } from './settings.ts';

/** Starts the keeper of the book; resolves, when it answers, to how to stop it. Throws `WrongSchema` on a wrong schema. */
export const start = async (settings: ConfigSettings): Promise<() => Promise<void>> => {
  const app = await NestFactory.create(ConfigModule.with(settings), { logger: ['error', 'warn'] });
  // One queue: each question is answered by one of the config processes.
  app.connectMicroservice({ strategy: new SharedServerNats(app.get<NatsConnection>(BUS), 'config') });
  await app.startAllMicroservices();
  await app.init();
  app.get(ConfigModule).run();
  return () => app.close();
};
