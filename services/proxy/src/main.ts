import { startTelemetry, telemetrySettingsFrom, toStdout } from '@evenkeel/telemetry/start';

const telemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-proxy'), toStdout());
const { proxySettingsFrom, start } = await import('./index.ts'); // after telemetry, which hooks what it loads

const observed = await telemetry.observe('proxy');
const stop = await start(proxySettingsFrom(process.env), observed);
telemetry.hasStarted();
observed.log.info('Evenkeel proxy is ready');

const end = async (): Promise<void> => {
  await stop();
  await telemetry.stop();
  process.exit(0); // a connection to a bus that never came holds the loop open
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
