import { startTelemetry, telemetrySettingsFrom } from '@evenkeel/telemetry';

const stopTelemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-health'));
const { healthSettingsFrom, start } = await import('./index.ts'); // after telemetry, which hooks what it loads

const stop = await start(healthSettingsFrom(process.env));
console.log('Evenkeel health is ready');

const end = async (): Promise<void> => {
  await stop();
  await stopTelemetry();
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
