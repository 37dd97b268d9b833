import { ProgramFailed, type Programs } from './programs.ts';

const setting = '/proc/sys/net/ipv4/ip_forward';

/**
 * Whether this network passes on IPv4 packets that are not for itself; where `mayEnable`, it is told to first. The
 * setting is not switched off again: other programs may have come to need it. Source: kernel, `ip-sysctl.rst`.
 */
export const ensureForwarding = async (programs: Programs, mayEnable: boolean): Promise<boolean> => {
  if (await isForwarding(programs)) return true;
  if (!mayEnable) return false;
  await programs.run('tee', [setting], '1\n');
  return isForwarding(programs); // whether it worked is seen, not told: in a container the setting may be read-only
};

const isForwarding = async (programs: Programs): Promise<boolean> => {
  const { code, stdout, stderr } = await programs.run('cat', [setting]);
  if (code !== 0) throw new ProgramFailed('cat', stderr.trim());
  return stdout.trim() === '1';
};
