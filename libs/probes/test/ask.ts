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
/** And those for a directory: `rootPassword` of `startSlapd`, another one, and no name at all. */
export const rootName = 'cn=canary-monitor,cn=config';
export const rootPassword = `${'canary-'.repeat(40)}é`;
const directory = [
  new Identity('ldap-monitor', { username: rootName, password: rootPassword }),
  new Identity('ldap-old-password', { username: rootName, password: 'canary-old' }),
  new Identity('ldap-stranger', { username: 'cn=canary-stranger,cn=config', password: 'canary-old' }),
  new Identity('ldap-no-name', { username: 'canary-monitor', password: rootPassword }),
];
/** It as HTTP carries it. */
export const monitorBasic = `Basic ${Buffer.from('canary-user:canary-7Qx é').toString('base64')}`;

export const identityOf = (secret: string): Promise<Identity> => {
  const identity = [monitor, ...directory].find((one) => one.secret === secret);
  return identity === undefined ? Promise.reject(new Error(`nobody knows ${secret}`)) : Promise.resolve(identity);
};

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
