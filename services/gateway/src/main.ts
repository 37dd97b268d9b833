import { startTelemetry, telemetrySettingsFrom } from '@evenkeel/telemetry';

const stopTelemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-gateway'));
const { gatewaySettingsFrom, start } = await import('./index.ts'); // after telemetry, which hooks what it loads

const { url, fingerprint, stop } = await start(gatewaySettingsFrom(process.env));
console.log(`Evenkeel gateway on ${url}, certificate SHA-256 ${fingerprint}`);

const end = async (): Promise<void> => {
  await stop();
  await stopTelemetry();
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
