import { type Family } from '@evenkeel/data-plane';
import { ProgramFailed, type Programs } from './programs.ts';

const settings = {
  ip: '/proc/sys/net/ipv4/ip_forward',
  ip6: '/proc/sys/net/ipv6/conf/all/forwarding',
} as const;

/**
 * Whether this network passes on packets that are not for itself; where `mayEnable`, it is told to first. The
 * setting is not switched off again: other programs may have come to need it. That of IPv6 is never touched: a host that
 * forwards takes no more routes from router advertisements, and might be cut off. Source: kernel, `ip-sysctl.rst`.
 */
export const ensureForwarding = async (programs: Programs, family: Family, mayEnable: boolean): Promise<boolean> => {
  if (await isForwarding(programs, family)) return true;
  if (!mayEnable || family === 'ip6') return false;
  await programs.run('tee', [settings[family]], '1\n');
  return isForwarding(programs, family); // whether it worked is seen, not told: in a container the setting may be read-only
};

const isForwarding = async (programs: Programs, family: Family): Promise<boolean> => {
  const { code, stdout, stderr } = await programs.run('cat', [settings[family]]);
  if (code !== 0) throw new ProgramFailed('cat', stderr.trim());
  return stdout.trim() === '1';
};
