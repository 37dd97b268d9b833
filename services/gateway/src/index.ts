import 'reflect-metadata';
import { once } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Convergence } from '@evenkeel/contracts';
import { Clock } from '@evenkeel/kernel';
import { unobserved } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { configureApp } from './app.ts';
import { ClusterView } from './book/cluster-view.ts';
import { loadOrMakeCertificate } from './certificate/certificate.ts';
import { EventHub } from './events/event-hub.ts';
import { ToldFeed } from './events/told-feed.ts';
import { BUS, GatewayModule } from './gateway.module.ts';
import { HaView } from './ha/ha-view.ts';
import { observeGateway } from './observing/observe-gateway.ts';
import type { GatewaySettings } from './settings.ts';

export { type GatewaySettings, gatewaySettingsFrom } from './settings.ts';

/** A running gateway. */
export type Gateway = {
  readonly url: string;
  readonly fingerprint: string;
  /** Where the nodes are with the book as it was read first: resolves when they have seen it, or when the time is over. */
  readonly whenServing: (withinMs: number) => Promise<Convergence>;
  readonly stop: () => Promise<void>;
};

/** Starts the public edge: HTTPS, REST, documentation. Resolves when it listens; it answers 503 until the book was read. */
export const start = async (settings: GatewaySettings, observed = unobserved): Promise<Gateway> => {
  const { cert, key, fingerprint } = await loadOrMakeCertificate(settings.certificateFolder, settings.certificateNames);
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.with(settings, observed), {
    logger: observed.nest,
    abortOnError: false,
    httpsOptions: { cert, key },
    forceCloseConnections: true,
    bodyParser: false,
  });
  configureApp(app);
  const view = app.get(ClusterView);
  const [hub, feed, connection] = [app.get(EventHub), app.get(ToldFeed), app.get<NatsConnection>(BUS)];
  const seen = { connection, view, feed, hub, certificate: cert, clock: app.get(Clock) };
  const unobserve = observeGateway(observed, seen);
  hub.start();
  view.start();
  app.get(HaView).start();
  const stop = async (): Promise<void> => {
    unobserve();
    await app.close();
  };
  await app.init();
  const url = await listen(app.getHttpServer() as Server, settings).catch(async (failure: unknown) => {
    await stop();
    throw failure;
  });
  return { url, fingerprint, whenServing: (withinMs) => view.firstConvergence(withinMs), stop };
};

/** Nest's own `listen` leaves a port that is taken to nobody: the process would end without a word to its children. */
const listen = async (server: Server, { host, port }: GatewaySettings): Promise<string> => {
  server.listen(port, host);
  await once(server, 'listening'); // rejects when the server says `error` first
  const { port: chosen } = server.address() as AddressInfo;
  return `https://${host === '0.0.0.0' ? '127.0.0.1' : host}:${chosen}`;
};
