import * as z from 'zod';
import type { Level } from './log/log.ts';

/** How a process is observed. Nothing leaves the machine, and nothing listens, unless it is set. */
export type TelemetrySettings = {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: traces go there. */
  readonly tracesTo: string | undefined;
  /** `EVENKEEL_OPERATIONS_PORT`: metrics and health on 127.0.0.1; 0 for a free one. */
  readonly operationsPort: number | undefined;
  /** `EVENKEEL_LOG_LEVEL`. */
  readonly logLevel: Level | undefined;
  readonly serviceName: string;
};

/** Throws with the name of the variable that does not fit. */
export const telemetrySettingsFrom = (environment: NodeJS.ProcessEnv, serviceName: string): TelemetrySettings => ({
  tracesTo: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
  serviceName: environment.OTEL_SERVICE_NAME ?? serviceName,
  ...Settings.parse({
    operationsPort: environment.EVENKEEL_OPERATIONS_PORT,
    logLevel: environment.EVENKEEL_LOG_LEVEL,
  }),
});

const Settings = z.object({
  operationsPort: z.coerce.number().int().min(0).max(65_535).or(z.undefined()),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).or(z.undefined()),
});
