import { extname, join } from 'node:path';
import { SystemClock } from '@evenkeel/kernel/system';
import { wordsOf } from '@evenkeel/telemetry';
import { startTelemetry, telemetrySettingsFrom, toStdout } from '@evenkeel/telemetry/start';

const telemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-ha'), toStdout());
const { haSettingsFrom, isAlone, Liaison, MutedAddresses, observeHa, scheduleFirst, Supervisor } =
  await import('./index.ts'); // after telemetry
const observed = await telemetry.observe('ha');
const { log } = observed;

const settings = haSettingsFrom(process.env);
const scheduling = scheduleFirst(); // the agent inherits it
const addresses = await MutedAddresses.hold(settings);
const liaison = new Liaison({
  settings,
  scheduling,
  clock: new SystemClock(),
  toAgent: (says) => supervisor.tell(says),
  onFailure: (failure) => log.warn(wordsOf(failure)),
});
const unobserve = observeHa(observed, settings, liaison);
const supervisor = new Supervisor(settings, addresses.deadMan, {
  agentProgram: join(import.meta.dirname, `agent-main${extname(import.meta.filename)}`),
  onSaid: (says) => liaison.take(says),
  onLastWords: (words) => liaison.sayLastWords(words),
  onEnded: (why) => {
    log.warn(`the agent was ended, and is started again: ${why}`);
    liaison.agentEnded(why, !isAlone(settings));
  },
});
const running = supervisor.run();
telemetry.hasStarted();
log.info(`Evenkeel HA is ready (scheduling: ${scheduling})`);

const end = async (): Promise<void> => {
  await supervisor.stop();
  await running;
  await addresses.release();
  await liaison.stop();
  unobserve();
  await telemetry.stop();
  process.exit(0); // a connection to a bus that never came holds the loop open
};
process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
