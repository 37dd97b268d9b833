// The agent that takes part in the election, as a process that its supervisor may end at any time.
import { DeadMan } from '@evenkeel/nftables';
import { startTelemetry, telemetrySettingsFrom, toStdout } from '@evenkeel/telemetry/start';

const telemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-ha'), toStdout());
const { haSettingsFrom, inWords, Memory, Participant } = await import('./index.ts'); // after telemetry

const { log } = await telemetry.observe('ha');
const settings = haSettingsFrom(process.env);
await Participant.start(settings, new DeadMan(settings.addresses), new Memory(settings.folder), {
  now: () => performance.now(),
  onNews: (news) => log.info(inWords(news)),
  onFailure: (err) => log.error('an action of the election failed', { err }),
  onTestament: (testament) => process.send?.(testament),
});
// Without a supervisor nobody would speak for it.
process.once('disconnect', () => process.exit(1));
