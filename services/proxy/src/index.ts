import 'reflect-metadata';
import { SystemClock } from '@evenkeel/kernel/system';
import { unobserved } from '@evenkeel/telemetry';
import { Logger } from '@nestjs/common';
import type { ProxySettings } from './settings.ts';
import { wire } from './wiring.ts';

export { type ProxySettings, proxySettingsFrom } from './settings.ts';

/** Starts one node's worker; resolves, when HAProxy serves what it last served, to how to stop it. Waits for no bus. */
export const start = async (settings: ProxySettings, observed = unobserved): Promise<() => Promise<void>> => {
  Logger.overrideLogger(observed.nest); // its NATS client speaks too; there is no Nest application here to say so
  const parts = await wire(settings, new SystemClock(), observed);
  parts.run();
  return () => parts.stop();
};
