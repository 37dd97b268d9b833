import { startTelemetry, telemetrySettingsFrom, toStdout } from '@evenkeel/telemetry/start';

const telemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-health'), toStdout());
const { healthSettingsFrom, start } = await import('./index.ts'); // after telemetry, which hooks what it loads

const observed = await telemetry.observe('health');
const stop = await start(healthSettingsFrom(process.env), observed);
telemetry.hasStarted();
observed.log.info('Evenkeel health is ready');

const end = async (): Promise<void> => {
  await stop();
  await telemetry.stop();
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
