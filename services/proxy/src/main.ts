import { startTelemetry, telemetrySettingsFrom } from '@evenkeel/telemetry';

const stopTelemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-proxy'));
const { proxySettingsFrom, start } = await import('./index.ts'); // after telemetry, which hooks what it loads

const stop = await start(proxySettingsFrom(process.env));
console.log('Evenkeel proxy is ready');

const end = async (): Promise<void> => {
  await stop();
  await stopTelemetry();
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
