import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { HealthModule } from './health.module.ts';
import type { HealthSettings } from './settings.ts';

export { type HealthSettings, healthSettingsFrom } from './settings.ts';

/** Starts one checker; resolves, when the bus is there, to how to stop it. */
export const start = async (settings: HealthSettings): Promise<() => Promise<void>> => {
  const app = await NestFactory.createApplicationContext(HealthModule.with(settings), { logger: ['error', 'warn'] });
  app.get(HealthModule).run();
  return () => app.close();
};
