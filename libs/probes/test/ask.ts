import { type ProbeResult, type ProbingCheck, TcpUdpCheck } from '@evenkeel/contracts';
import { SystemClock } from '@evenkeel/kernel/system';
import type { Target } from '@evenkeel/verdicts';
import type * as z from 'zod';
import { Identity, Probes } from '../src/index.ts';

/** A check as an operator writes it: defaults are filled in. */
export const aCheck = (written: z.input<typeof TcpUdpCheck>): ProbingCheck =>
  TcpUdpCheck.parse(written) as ProbingCheck;

/** The secret that checks here sign in with. */
export const monitor = new Identity('pacs-monitor', { username: 'canary-user', password: 'canary-7Qx é' });
/** It as HTTP carries it. */
export const monitorBasic = `Basic ${Buffer.from('canary-user:canary-7Qx é').toString('base64')}`;

export const identityOf = (secret: string): Promise<Identity> =>
  secret === monitor.secret ? Promise.resolve(monitor) : Promise.reject(new Error(`nobody knows ${secret}`));

/** One question to this machine, with the time it really took. */
export const ask = async (
  written: z.input<typeof TcpUdpCheck>,
  target: number | Target,
): Promise<ProbeResult & { readonly tookMs: number }> => {
  const place = typeof target === 'number' ? { address: '127.0.0.1', port: target } : target;
  const startedMs = performance.now();
  const result = await new Probes(new SystemClock(), undefined, { identityOf }).probe(aCheck(written), place);
  return { ...result, tookMs: performance.now() - startedMs };
};
