import type { Target } from '@evenkeel/verdicts';

/**
 * The first bytes for a server that expects the PROXY protocol: this connection is nobody's but the checker's own, so
 * there is no client to tell of. Source: haproxy.org, "The PROXY protocol", sections 2.1 (`UNKNOWN`) and 2.2 (`LOCAL`).
 */
export const announcementFor = ({ proxyProtocol }: Target): Buffer | undefined => {
  if (proxyProtocol === undefined) return undefined;
  return proxyProtocol === 1 ? Buffer.from('PROXY UNKNOWN\r\n') : Buffer.from([...signature, versionAndLocal, 0, 0, 0]);
};

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const versionAndLocal = 0x20;
