// For a process's first lines, before anything else is loaded: none of this loads a library of telemetry.
export { type Destination, toStderr, toStdout } from './log/destination.ts';
export { type TelemetrySettings, telemetrySettingsFrom } from './settings.ts';
export { startTelemetry, type Telemetry } from './start-telemetry.ts';
