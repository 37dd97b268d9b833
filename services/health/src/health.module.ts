import { endBus } from '@evenkeel/bus';
import { SystemClock } from '@evenkeel/kernel/system';
import { unobserved } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CheckRuns } from './runs/check-runs.ts';
import { runsControllerOf } from './runs/runs.controller.ts';
import type { HealthSettings } from './settings.ts';
import { type Parts, wire } from './wiring.ts';

const BUS = Symbol('bus connection');
const PARTS = Symbol('parts');

/** The module ends the connection. */
@Module({})
export class HealthModule implements OnApplicationShutdown {
  constructor(
    @Inject(BUS) private readonly connection: NatsConnection,
    @Inject(PARTS) private readonly parts: Parts,
  ) {}

  run(): void {
    this.parts.run();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.parts.stop();
    await endBus(this.connection);
  }

  static with(settings: HealthSettings, connection: NatsConnection, observed = unobserved): DynamicModule {
    const parts = wire(settings, connection, new SystemClock(), observed);
    return {
      module: HealthModule,
      controllers: [runsControllerOf(settings.checker)],
      providers: [
        { provide: BUS, useValue: connection },
        { provide: PARTS, useValue: parts },
        { provide: CheckRuns, useValue: parts.runs },
      ],
    };
  }
}
