import { networkInterfaces } from 'node:os';
import { isInstalled } from './search-path.ts';

/** Which Debian 12 package brings which program. */
const packages = {
  ip: 'iproute2',
  nft: 'nftables',
  conntrack: 'conntrack',
  curl: 'curl',
  Orthanc: 'orthanc',
  wlmscpfs: 'dcmtk',
  dump2dcm: 'dcmtk',
  echoscu: 'dcmtk',
  storescu: 'dcmtk',
  findscu: 'dcmtk',
  nmbd: 'samba',
  openssl: 'openssl',
  slapd: 'slapd',
  dnsmasq: 'dnsmasq-base',
  ping: 'iputils-ping',
  setpriv: 'util-linux',
  nmblookup: 'samba-common-bin',
  wrk: 'wrk',
  nginx: 'nginx-light',
  keepalived: 'keepalived',
} as const;

/** A program that something here starts, the right to configure networks, or a loopback with ::1. */
export type Need = keyof typeof packages | 'root' | 'ipv6';

/** Why something cannot run here: one sentence per unmet need, none when all is well. Looks at the user, at PATH and at loopback only. */
export const unmetNeeds = (...needs: readonly Need[]): string[] =>
  needs.flatMap((need) => {
    if (need === 'root') return process.getuid?.() === 0 ? [] : ['this user is not root'];
    if (need === 'ipv6') return hasIPv6() ? [] : ['loopback has no IPv6 address'];
    return isInstalled(need) ? [] : [`${need} is not installed (Debian package ${packages[need]})`];
  });

const hasIPv6 = (): boolean =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

/**
 * Jest's `describe` when all needs are met; `describe.skip`, with a printed notice of the reasons, when not:
 * `describeNeeding(describe, 'root', 'ip')('the lab', () => …)`.
 */
export const describeNeeding = <Suite, Skipped>(
  describe: Suite & { readonly skip: Skipped },
  ...needs: readonly Need[]
): Suite | Skipped => {
  const unmet = unmetNeeds(...needs);
  if (unmet.length === 0) return describe;
  console.info(`Skipped what needs ${needs.join(', ')}: ${unmet.join('; ')}.`);
  return describe.skip;
};
