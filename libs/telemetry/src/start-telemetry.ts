/** What of OpenTelemetry is wanted: nothing leaves the machine unless one of these is set. */
export type TelemetrySettings = {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: traces go there. */
  readonly tracesTo: string | undefined;
  /** `EVENKEEL_METRICS_PORT`: Prometheus text on 127.0.0.1. */
  readonly metricsPort: number | undefined;
  readonly serviceName: string;
};

export const telemetrySettingsFrom = (environment: NodeJS.ProcessEnv, serviceName: string): TelemetrySettings => ({
  tracesTo: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
  metricsPort: environment.EVENKEEL_METRICS_PORT === undefined ? undefined : Number(environment.EVENKEEL_METRICS_PORT),
  serviceName: environment.OTEL_SERVICE_NAME ?? serviceName,
});

/**
 * Starts what is wanted; resolves to how to stop it. Call it before anything that should be traced is imported: http,
 * express and pg are hooked while they load. Unset, it loads nothing and costs nothing.
 */
export const startTelemetry = async (settings: TelemetrySettings): Promise<() => Promise<void>> => {
  if (settings.tracesTo === undefined && settings.metricsPort === undefined) return () => Promise.resolve();
  const { startSdk } = await import('./sdk.ts');
  return startSdk(settings);
};
