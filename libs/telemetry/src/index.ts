export { startTelemetry, telemetrySettingsFrom, type TelemetrySettings } from './start-telemetry.ts';
