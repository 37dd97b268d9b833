import 'reflect-metadata';
import { connectBus, SharedServerNats } from '@evenkeel/bus';
import { unobserved } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { HealthModule } from './health.module.ts';
import type { HealthSettings } from './settings.ts';

export { type HealthSettings, healthSettingsFrom } from './settings.ts';

/** Starts one checker; resolves, when the bus is there, to how to stop it. */
export const start = async (settings: HealthSettings, observed = unobserved): Promise<() => Promise<void>> => {
  const connection = await connectBus({ ...settings.nats, name: 'health' });
  const app = await standOn(settings, connection, observed).catch(async (failure: unknown) => {
    await connection.close();
    throw failure;
  });
  app.get(HealthModule).run();
  return () => app.close();
};

const standOn = async (
  settings: HealthSettings,
  connection: NatsConnection,
  observed: typeof unobserved,
): Promise<INestMicroservice> => {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    HealthModule.with(settings, connection, observed),
    // Two processes of one name share a queue: one of them answers.
    { strategy: new SharedServerNats(connection, 'health'), logger: observed.nest, abortOnError: false },
  );
  await app.listen();
  return app;
};
