import { startTelemetry, telemetrySettingsFrom, toStdout } from '@evenkeel/telemetry/start';

const telemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-gateway'), toStdout());
const { gatewaySettingsFrom, start } = await import('./index.ts'); // after telemetry, which hooks what it loads

const observed = await telemetry.observe('gateway');
const { url, fingerprint, stop } = await start(gatewaySettingsFrom(process.env), observed);
telemetry.hasStarted();
observed.log.info(`Evenkeel gateway on ${url}, certificate SHA-256 ${fingerprint}`);

const end = async (): Promise<void> => {
  await stop();
  await telemetry.stop();
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
