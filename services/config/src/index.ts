import 'reflect-metadata';
import { connectBus, SharedServerNats } from '@evenkeel/bus';
import { type CommitLog, openCommitLog } from '@evenkeel/commit-log';
import { SystemClock } from '@evenkeel/kernel/system';
import { type Observed, unobserved, wordsOf } from '@evenkeel/telemetry';
import { NestFactory } from '@nestjs/core';
import { ensureFirstToken } from './book/first-token.ts';
import { ConfigModule, type Ground } from './config.module.ts';
import type { ConfigSettings } from './settings.ts';
import { wire } from './wiring.ts';

export { migrate } from '@evenkeel/commit-log';
export { type ConfigSettings, configSettingsFrom } from './settings.ts';

/** Starts the keeper of the book; resolves, when it answers, to how to stop it. Throws `WrongSchema` on a wrong schema. */
export const start = async (settings: ConfigSettings, observed = unobserved): Promise<() => Promise<void>> => {
  const onFailure = (failure: unknown): void => observed.log.warn(wordsOf(failure));
  const log = await openCommitLog(settings.databaseUrl, { onFailure });
  const ground = await standOn(settings, log, observed).catch(async (failure: unknown) => {
    await log.close();
    throw failure;
  });
  const app = await NestFactory.create(ConfigModule.with(ground), { logger: observed.nest, abortOnError: false });
  // One queue: each question is answered by one of the config processes.
  app.connectMicroservice({ strategy: new SharedServerNats(ground.connection, 'config') });
  await app.startAllMicroservices();
  await app.init();
  ground.parts.run();
  return () => app.close();
};

const standOn = async (settings: ConfigSettings, log: CommitLog, observed: Observed): Promise<Ground> => {
  if (settings.adminTokenFile !== undefined) await ensureFirstToken(log, settings.adminTokenFile, new Date());
  const connection = await connectBus({ ...settings.nats, name: 'config' });
  try {
    return { log, connection, parts: await wire(settings, log, connection, new SystemClock(), observed) };
  } catch (failure) {
    await connection.close();
    throw failure;
  }
};
