import { startTelemetry, telemetrySettingsFrom, toStderr } from '@evenkeel/telemetry/start';

const startedAtMs = performance.now();
const telemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel'), toStderr());
const { applianceSettingsFrom, start } = await import('./index.ts'); // after telemetry, which hooks what it loads

const settings = applianceSettingsFrom(process.env);
const { url, fingerprint, adminTokenFile, stop } = await start({
  settings,
  environment: process.env,
  say: console.log,
  observe: telemetry.observe,
});
telemetry.hasStarted();
const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
console.log(`Evenkeel is ready after ${seconds} s: ${url}/api/docs`);
console.log(`  administrator's token in ${adminTokenFile}`);
console.log(`  certificate SHA-256 ${fingerprint}`);

let isStopping = false;
const end = async (): Promise<void> => {
  if (isStopping) return; // a second Ctrl-C must not cut the first one short
  isStopping = true;
  await stop();
  await telemetry.stop();
  process.exit(0); // whatever still holds the loop open is not worth waiting for
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
