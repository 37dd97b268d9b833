import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { configureApp } from './app.ts';
import { ClusterView } from './book/cluster-view.ts';
import { loadOrMakeCertificate } from './certificate/certificate.ts';
import { GatewayModule } from './gateway.module.ts';
import type { GatewaySettings } from './settings.ts';

export { type GatewaySettings, gatewaySettingsFrom } from './settings.ts';

/** A running gateway. */
export type Gateway = { readonly url: string; readonly fingerprint: string; stop(): Promise<void> };

/** Starts the public edge: HTTPS, REST, documentation. Resolves when it listens; it answers 503 until the book was read. */
export const start = async (settings: GatewaySettings): Promise<Gateway> => {
  const { cert, key, fingerprint } = await loadOrMakeCertificate(settings.certificateFolder, settings.certificateNames);
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.with(settings), {
    logger: ['error', 'warn'],
    abortOnError: false,
    httpsOptions: { cert, key },
    forceCloseConnections: true,
    bodyParser: false,
  });
  configureApp(app);
  app.get(ClusterView).start();
  await app.listen(settings.port, settings.host);
  return { url: await app.getUrl(), fingerprint, stop: () => app.close() };
};
