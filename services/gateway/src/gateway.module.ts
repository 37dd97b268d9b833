import {
  CommitFeed,
  ConfigClient,
  type BusSettings,
  connectBus,
  endBus,
  HaChannel,
  HealthClient,
  Journal,
  NodeBucket,
  NodeChannel,
  SharedClientNats,
  StreamAway,
  VerdictBucket,
  VerdictMirror,
} from '@evenkeel/bus';
import { ClusterFollower } from '@evenkeel/cluster';
import type { Hash } from '@evenkeel/contracts';
import { Clock } from '@evenkeel/kernel';
import { readOrMakeClusterKey } from '@evenkeel/kernel/sealing';
import { sha256, SystemClock } from '@evenkeel/kernel/system';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Log, unobserved, wordsOf } from '@evenkeel/telemetry';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { BearerGuard } from './access/bearer.guard.ts';
import { Tokens } from './access/tokens.ts';
import { BlueprintsController } from './blueprints/blueprints.controller.ts';
import { ClusterView } from './book/cluster-view.ts';
import { RevisionHeader } from './book/revision-header.interceptor.ts';
import { SealedStore } from './book/sealed-store.ts';
import { Writes } from './book/writes.ts';
import { CertificatesController } from './certificates/certificates.controller.ts';
import { CommitsController } from './commits/commits.controller.ts';
import { StateController } from './commits/state.controller.ts';
import { ConfigurationController } from './configuration/configuration.controller.ts';
import { EventHub } from './events/event-hub.ts';
import { EventStreams } from './events/event-streams.ts';
import { EventsController } from './events/events.controller.ts';
import { ToldFeed } from './events/told-feed.ts';
import { DryRunStatus } from './forecast/dry-run-status.interceptor.ts';
import { ForecastController } from './forecast/forecast.controller.ts';
import { Forecasts } from './forecast/forecasts.ts';
import { HaController } from './ha/ha.controller.ts';
import { HaAsks } from './ha/ha-asks.ts';
import { HaView } from './ha/ha-view.ts';
import { AvailabilityController } from './health/availability.controller.ts';
import { Availability } from './health/availability.ts';
import { ChecksController } from './health/checks.controller.ts';
import { HealthController } from './health/health.controller.ts';
import { HistoryController } from './health/history.controller.ts';
import { MatrixController } from './health/matrix.controller.ts';
import { JournalController } from './journal/journal.controller.ts';
import { MachinesController } from './machines/machines.controller.ts';
import { NodeRemovals } from './nodes/node-removals.ts';
import { NodesController } from './nodes/nodes.controller.ts';
import { OverviewController } from './overview/overview.controller.ts';
import { ContractPipe } from './problems/contract.pipe.ts';
import { ProblemFilter } from './problems/problem.filter.ts';
import { AllRealServersController } from './real-servers/all-real-servers.controller.ts';
import { RealServersController } from './real-servers/real-servers.controller.ts';
import { SecretsController } from './secrets/secrets.controller.ts';
import { type GatewaySettings, SETTINGS } from './settings.ts';
import { SettingsController } from './settings/settings.controller.ts';
import { VirtualServicesController } from './virtual-services/virtual-services.controller.ts';

/** Injection token of this process's connection to the bus. */
export const BUS = Symbol('bus connection');

@Module({
  controllers: [
    OverviewController,
    VirtualServicesController,
    RealServersController,
    AllRealServersController,
    MachinesController,
    CommitsController,
    StateController,
    NodesController,
    HaController,
    HealthController,
    MatrixController,
    HistoryController,
    ChecksController,
    AvailabilityController,
    BlueprintsController,
    ConfigurationController,
    SettingsController,
    CertificatesController,
    SecretsController,
    ForecastController,
    JournalController,
    EventsController,
  ],
})
export class GatewayModule implements OnApplicationShutdown {
  constructor(
    @Inject(BUS) private readonly connection: NatsConnection,
    private readonly view: ClusterView,
    private readonly hub: EventHub,
    private readonly ha: HaView,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.hub.stop();
    this.view.stop();
    this.ha.stop();
    await endBus(this.connection);
  }

  static with(settings: GatewaySettings, { log } = unobserved): DynamicModule {
    const bus: BusSettings = { ...settings.nats, name: 'gateway' };
    return {
      module: GatewayModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: Clock, useClass: SystemClock },
        { provide: BUS, useFactory: () => connectBus(bus) },
        {
          provide: ConfigClient,
          inject: [BUS],
          useFactory: (connection: NatsConnection) => new ConfigClient(new SharedClientNats(connection)),
        },
        {
          provide: SealedStore,
          inject: [ConfigClient],
          useFactory: (config: ConfigClient) =>
            new SealedStore(config, () => readOrMakeClusterKey(settings.clusterKeyFile)),
        },
        {
          provide: HealthClient,
          inject: [BUS],
          useFactory: (connection: NatsConnection) => new HealthClient(new SharedClientNats(connection)),
        },
        {
          provide: Journal,
          inject: [BUS],
          useFactory: (connection: NatsConnection) => new Journal(connection, settings.cluster),
        },
        {
          provide: NodeBucket,
          inject: [BUS],
          useFactory: (connection: NatsConnection) => new NodeBucket(connection, settings.cluster),
        },
        {
          provide: HaView,
          inject: [BUS, Clock],
          useFactory: (connection: NatsConnection, clock: Clock) =>
            new HaView(new HaChannel(connection, settings.cluster), clock),
        },
        {
          provide: HaAsks,
          inject: [HaView, ClusterView, BUS],
          useFactory: (ha: HaView, view: ClusterView, connection: NatsConnection) =>
            new HaAsks(ha, view, new HaChannel(connection, settings.cluster)),
        },
        {
          provide: NodeRemovals,
          inject: [ClusterView, NodeBucket, Journal, Clock],
          useFactory: (view: ClusterView, bucket: NodeBucket, journal: Journal, clock: Clock) =>
            new NodeRemovals(view, bucket, journal, clock),
        },
        {
          provide: Availability,
          inject: [ClusterView, Journal, Clock],
          useFactory: (view: ClusterView, journal: Journal, clock: Clock) =>
            new Availability({ view, journal, clock, cluster: settings.cluster }),
        },
        {
          provide: ClusterView,
          inject: [BUS, ToldFeed, Clock],
          useFactory: (connection: NatsConnection, feed: ToldFeed, clock: Clock) =>
            makeView(settings, connection, feed, clock, log),
        },
        {
          provide: ToldFeed,
          inject: [BUS, ConfigClient],
          useFactory: (connection: NatsConnection, config: ConfigClient) =>
            new ToldFeed(new CommitFeed(connection, config, settings.cluster)),
        },
        {
          provide: EventHub,
          inject: [ClusterView, ToldFeed, Journal, Clock],
          useFactory: (view: ClusterView, feed: ToldFeed, journal: Journal, clock: Clock) =>
            new EventHub(view, feed, journal, clock, (failure) => log.debug(wordsOf(failure))),
        },
        {
          provide: EventStreams,
          inject: [Tokens, Clock],
          useFactory: (tokens: Tokens, clock: Clock) => new EventStreams(tokens, clock),
        },
        {
          provide: Writes,
          inject: [ConfigClient, ClusterView, Forecasts],
          useFactory: (config: ConfigClient, view: ClusterView, forecasts: Forecasts) =>
            new Writes(config, view, forecasts),
        },
        {
          provide: Forecasts,
          inject: [ConfigClient, ClusterView, BUS],
          useFactory: (config: ConfigClient, view: ClusterView, connection: NatsConnection) =>
            new Forecasts(config, view, new NodeChannel(connection, settings.cluster)),
        },
        {
          provide: Tokens,
          inject: [ConfigClient, Clock],
          useFactory: (config: ConfigClient, clock: Clock) => new Tokens(config, clock),
        },
        { provide: APP_GUARD, inject: [Tokens], useFactory: (tokens: Tokens) => new BearerGuard(tokens) },
        { provide: APP_PIPE, useClass: ContractPipe },
        { provide: APP_FILTER, useFactory: () => new ProblemFilter(log) },
        {
          provide: APP_INTERCEPTOR,
          inject: [ClusterView],
          useFactory: (view: ClusterView) => new RevisionHeader(view),
        },
        { provide: APP_INTERCEPTOR, useClass: DryRunStatus },
      ],
    };
  }
}

const makeView = (
  settings: GatewaySettings,
  connection: NatsConnection,
  feed: ToldFeed,
  clock: Clock,
  log: Log,
): ClusterView => {
  const { cluster } = settings;
  const follower = new ClusterFollower({ feed, hashOf: (text) => sha256(text) as Hash });
  const verdicts = new VerdictMirror(new VerdictBucket(connection));
  const nodes = new NodeChannel(connection, cluster);
  const onFailure = (failure: unknown): void => log[failure instanceof StreamAway ? 'debug' : 'warn'](wordsOf(failure));
  return new ClusterView(follower, verdicts, nodes, clock, onFailure);
};
