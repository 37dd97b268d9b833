// The agent that takes part in the election, as a process that its supervisor may end at any time.
import { startTelemetry, telemetrySettingsFrom, toStdout } from '@evenkeel/telemetry/start';

const telemetry = await startTelemetry(telemetrySettingsFrom(process.env, 'evenkeel-ha'), toStdout());
const { startAgent } = await import('./agent.ts'); // after telemetry
const { log } = await telemetry.observe('ha');
await startAgent(log);
