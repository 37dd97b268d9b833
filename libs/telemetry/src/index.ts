export { HealthParts, type Part } from './health/health-parts.ts';
export { type Destination, toStderr, toStdout } from './log/destination.ts';
export { type Log, wordsOf } from './log/log.ts';
export { counter, durations, gauge } from './metrics/instruments.ts';
export { type Metric, metricNames, prometheusName } from './metrics/metric-names.ts';
export { observeNats } from './observe-nats.ts';
export { type Observed, unobserved } from './observed.ts';
export { type TelemetrySettings, telemetrySettingsFrom } from './settings.ts';
export { startTelemetry, type Telemetry } from './start-telemetry.ts';
