import { hostAndPort, isIPv6 } from '@evenkeel/contracts';
import { fallbackName } from './names.ts';
import {
  type DesiredPool,
  type DesiredServer,
  type DesiredService,
  encryptsToServers,
  hasCookie,
  type Layer7Spec,
} from './desired.ts';

type Words = readonly (string | number)[];

/** What all servers of a service have in common: in the file said once, as `default-server`. */
export const commonServerWords = (spec: Layer7Spec): Words => [
  ...proxyWords(spec),
  ...(encryptsToServers(spec) ? tlsWords(spec) : []),
];

/** What the file says of a server after its name. */
export const fileServerWords = (service: DesiredService, server: DesiredServer): Words => [
  ...ownWords(service, server),
  ...exception(service.spec, server),
];

/** What `add server` is told: a running HAProxy gives an added server nothing of `default-server` (tried on 2.6.12). */
export const addedServerWords = (service: DesiredService, server: DesiredServer): Words => [
  ...ownWords(service, server),
  ...proxyWords(service.spec),
  ...(server.isEncrypted ? tlsWords(service.spec) : []),
];

/**
 * No `check`: verdicts come from outside, and `set server health` sticks only while no check is enabled. The id is forced,
 * equal on all nodes: stick tables of other nodes name servers by it.
 */
const ownWords = (
  service: DesiredService,
  { name, number, address, port, weight, maxConnections }: DesiredServer,
): Words => [
  ...[port === 'inherit' ? aloneAs(address) : hostAndPort(address, port), 'id', number, 'weight', weight],
  ...(maxConnections === 0 ? [] : ['maxconn', maxConnections]),
  ...(hasCookie(service) ? ['cookie', name] : []),
];

/** Without brackets HAProxy would take the end of an IPv6 address for a port (tried on 2.6.12). */
const aloneAs = (address: string): string => (isIPv6(address) ? `[${address}]` : address);

/**
 * What the file says of the fallback server. Its id is the number of the service itself, which no real server has. One that
 * does not persist has no cookie, and no entry in the stick table: whoever is known there goes back.
 */
export const fallbackWords = (service: DesiredPool): Words | undefined => {
  const { number, spec } = service;
  const { fallback } = spec;
  if (fallback.kind !== 'server') return undefined;
  const isEncrypted = 'tls' in fallback && fallback.tls;
  const ways = fallback.persist ? (hasCookie(service) ? ['cookie', fallbackName] : []) : ['non-stick'];
  const place = hostAndPort(fallback.address, fallback.port);
  return [place, 'id', number, 'backup', ...ways, ...(isEncrypted ? tlsWords(spec) : [])];
};

const exception = (spec: Layer7Spec, { isEncrypted }: DesiredServer): Words => {
  if (isEncrypted === encryptsToServers(spec)) return [];
  return isEncrypted ? tlsWords(spec) : ['no-ssl'];
};

const proxyWords = (spec: Layer7Spec): Words =>
  !('sendProxy' in spec) || spec.sendProxy === 'none' ? [] : [proxyProtocol[spec.sendProxy]];

const proxyProtocol = {
  v1: 'send-proxy',
  v2: 'send-proxy-v2',
  'v2-ssl': 'send-proxy-v2-ssl',
  'v2-ssl-cn': 'send-proxy-v2-ssl-cn',
} as const;

/** Verified by the authorities of the system, and only with a name: without one HAProxy would look at nothing but the chain. */
const tlsWords = (spec: Layer7Spec): Words => {
  const settings = 'backendTls' in spec && spec.backendTls.kind === 'on' ? spec.backendTls : unverified;
  const { verify, serverName } = settings;
  const name = serverName === undefined ? [] : ['sni', `str(${serverName})`];
  if (!verify || serverName === undefined) return ['ssl', 'verify', 'none', ...name];
  return ['ssl', 'verify', 'required', 'ca-file', '@system-ca', ...name, 'verifyhost', serverName];
};

const unverified = { verify: false, serverName: undefined } as const;
