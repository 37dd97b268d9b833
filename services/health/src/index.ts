import 'reflect-metadata';
import { unobserved } from '@evenkeel/telemetry';
import { NestFactory } from '@nestjs/core';
import { HealthModule } from './health.module.ts';
import type { HealthSettings } from './settings.ts';

export { type HealthSettings, healthSettingsFrom } from './settings.ts';

/** Starts one checker; resolves, when the bus is there, to how to stop it. */
export const start = async (settings: HealthSettings, observed = unobserved): Promise<() => Promise<void>> => {
  const module = HealthModule.with(settings, observed);
  const app = await NestFactory.createApplicationContext(module, { logger: observed.nest });
  app.get(HealthModule).run();
  return () => app.close();
};
