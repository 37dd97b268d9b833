import { HealthParts } from './health/health-parts.ts';
import type { Destination } from './log/destination.ts';
import { wordsOf } from './log/log.ts';
import { nestLogger } from './log/nest-logger.ts';
import type { LogBook } from './log/pino-log.ts';
import type { Observed } from './observed.ts';
import type { OperationsServer } from './operations-server.ts';
import type { Sdk } from './sdk.ts';
import type { TelemetrySettings } from './settings.ts';

/** How one process is observed. */
export type Telemetry = {
  /** For one service of this process; the appliance has several. The first call loads the logger. */
  readonly observe: (service: string) => Promise<Observed>;
  /** From now on `/startupz` may say yes. */
  readonly hasStarted: () => void;
  /** Where metrics and health are served; undefined when nobody wants them, or the port was taken. */
  readonly operationsPort: number | undefined;
  readonly stop: () => Promise<void>;
};

/**
 * Starts what is wanted. Call it before anything that should be traced is imported: http, express and pg are hooked while
 * they load. Unset, it loads nothing and costs nothing. A taken port is logged and keeps no process from its work.
 */
export const startTelemetry = async (settings: TelemetrySettings, destination: Destination): Promise<Telemetry> => {
  const { tracesTo, operationsPort, logLevel, serviceName } = settings;
  const sdk = tracesTo === undefined && operationsPort === undefined ? undefined : await loadSdk(settings);

  let opening: Promise<LogBook> | undefined;
  const logs = (): Promise<LogBook> => (opening ??= openLogs(logLevel ?? destination.level, destination));
  const health = new HealthParts();
  let nest: Observed['nest'] | undefined;
  let isUp = false;
  health.add({ name: 'start', neededTo: 'start', whatIsWrong: () => (isUp ? undefined : 'under way') });

  const serve = async (given: Sdk, port: number): Promise<OperationsServer | undefined> => {
    const { startOperationsServer } = await import('./operations-server.ts');
    return startOperationsServer(port, health, given.answerMetrics).catch(async (failure: unknown) => {
      const words = `neither metrics nor health are served on 127.0.0.1:${port}: ${wordsOf(failure)}`;
      return void (await logs()).of(serviceName).error(words);
    });
  };
  const server = sdk === undefined || operationsPort === undefined ? undefined : await serve(sdk, operationsPort);

  return {
    observe: async (service) => {
      const log = (await logs()).of(service);
      nest ??= nestLogger((await logs()).of(serviceName));
      return { log, nest, health };
    },
    hasStarted: () => (isUp = true),
    operationsPort: server?.port,
    stop: async () => {
      await server?.stop();
      await sdk?.stop();
      (await opening)?.close();
    },
  };
};

const loadSdk = async (settings: TelemetrySettings): Promise<Sdk> => {
  const { startSdk } = await import('./sdk.ts');
  return startSdk(settings);
};

const openLogs = async (level: Destination['level'], { sink }: Destination): Promise<LogBook> => {
  const { openLogBook } = await import('./log/pino-log.ts');
  return openLogBook(level, sink);
};
