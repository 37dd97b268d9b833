import { connectBus, endBus } from '@evenkeel/bus';
import { SystemClock } from '@evenkeel/kernel/system';
import { unobserved } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { HealthSettings } from './settings.ts';
import { type Parts, wire } from './wiring.ts';

export const BUS = Symbol('bus connection');
const PARTS = Symbol('parts');

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

  static with(settings: HealthSettings, observed = unobserved): DynamicModule {
    return {
      module: HealthModule,
      providers: [
        { provide: BUS, useFactory: () => connectBus({ ...settings.nats, name: 'health' }) },
        {
          provide: PARTS,
          inject: [BUS],
          useFactory: (connection: NatsConnection) => wire(settings, connection, new SystemClock(), observed),
        },
      ],
    };
  }
}
