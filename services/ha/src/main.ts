import { extname, join } from 'node:path';
import { startTelemetry, telemetrySettingsFrom, toStdout } from '@evenkeel/telemetry/start';

const telemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-ha'), toStdout());
const { haSettingsFrom, MutedAddresses, scheduleFirst, Supervisor } = await import('./index.ts'); // after telemetry
const { log } = await telemetry.observe('ha');

const settings = haSettingsFrom(process.env);
const scheduling = scheduleFirst(); // the agent inherits it
const addresses = await MutedAddresses.hold(settings);
const supervisor = new Supervisor(settings, addresses.deadMan, {
  agentProgram: join(import.meta.dirname, `agent-main${extname(import.meta.filename)}`),
  onEnded: (why) => log.warn(`the agent was ended, and is started again: ${why}`),
});
const running = supervisor.run();
telemetry.hasStarted();
log.info(`Evenkeel HA is ready (scheduling: ${scheduling})`);

const end = async (): Promise<void> => {
  await supervisor.stop();
  await running;
  await addresses.release();
  await telemetry.stop();
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
