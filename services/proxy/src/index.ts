import 'reflect-metadata';
import { SystemClock } from '@evenkeel/kernel/system';
import { Logger } from '@nestjs/common';
import type { ProxySettings } from './settings.ts';
import { wire } from './wiring.ts';

export { type ProxySettings, proxySettingsFrom } from './settings.ts';

/** Starts one node's worker; resolves, when HAProxy serves what it last served, to how to stop it. Waits for no bus. */
export const start = async (settings: ProxySettings): Promise<() => Promise<void>> => {
  const logger = new Logger(`proxy ${settings.node}`);
  const tell = { warn: (words: string) => logger.warn(words), info: (words: string) => logger.log(words) };
  const parts = await wire(settings, new SystemClock(), tell);
  parts.run();
  return () => parts.stop();
};
