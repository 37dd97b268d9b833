import 'reflect-metadata';
import { connectBus, SharedServerNats } from '@evenkeel/bus';
import { type CommitLog, openCommitLog } from '@evenkeel/commit-log';
import { SystemClock } from '@evenkeel/kernel/system';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ensureFirstToken } from './book/first-token.ts';
import { ConfigModule, type Ground } from './config.module.ts';
import type { ConfigSettings } from './settings.ts';
import { wire } from './wiring.ts';

export { migrate } from '@evenkeel/commit-log';
export { type ConfigSettings, configSettingsFrom } from './settings.ts';

/** Starts the keeper of the book; resolves, when it answers, to how to stop it. Throws `WrongSchema` on a wrong schema. */
export const start = async (settings: ConfigSettings): Promise<() => Promise<void>> => {
  const logger = new Logger('config');
  const onFailure = (failure: unknown): void => logger.warn(String(failure));
  const log = await openCommitLog(settings.databaseUrl, { onFailure });
  const ground = await standOn(settings, log, onFailure).catch(async (failure: unknown) => {
    await log.close();
    throw failure;
  });
  const app = await NestFactory.create(ConfigModule.with(ground), { logger: ['error', 'warn'], abortOnError: false });
  // One queue: each question is answered by one of the config processes.
  app.connectMicroservice({ strategy: new SharedServerNats(ground.connection, 'config') });
  await app.startAllMicroservices();
  await app.init();
  ground.parts.run();
  return () => app.close();
};

const standOn = async (
  settings: ConfigSettings,
  log: CommitLog,
  onFailure: (failure: unknown) => void,
): Promise<Ground> => {
  if (settings.adminTokenFile !== undefined) await ensureFirstToken(log, settings.adminTokenFile, new Date());
  const connection = await connectBus({ ...settings.nats, name: 'config' });
  try {
    return { log, connection, parts: await wire(settings, log, connection, new SystemClock(), onFailure) };
  } catch (failure) {
    await connection.close();
    throw failure;
  }
};
