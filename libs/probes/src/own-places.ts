import type { Target } from '@evenkeel/verdicts';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** What Evenkeel listens on wherever it runs; `config` keeps virtual services away from the same. */
const alwaysOurs = [6694, 7778, 9443];
const busPort = 4222;

/**
 * Whether a target is the control plane itself: one of its ports on an address of this machine, or one of the bus servers
 * (`host:port` or a URL, as the settings have them). A real server can be written down with any address, and a
 * check with any port, so without this a check could talk to the bus.
 */
export const ownPlaces = (busServers: readonly string[], morePorts: readonly number[] = []) => {
  const buses = busServers.map((server) => new URL(server.includes('://') ? server : `nats://${server}`));
  const portOf = ({ port }: URL): number => (port === '' ? busPort : Number(port));
  const ports = new Set([...alwaysOurs, ...morePorts, ...buses.map(portOf)]);
  const places = buses.map((bus) => ({ port: portOf(bus), address: bus.hostname.replace(/^\[(.*)\]$/, '$1') }));
  return ({ address, port }: Target): boolean =>
    places.some((bus) => bus.port === port && isSame(bus.address, address)) ||
    (ports.has(port) && isOfThisMachine(address));
};

/** However they are written, an IPv4 address in an IPv6 one included. A bus may have a name instead. */
const isSame = (bus: string, address: string): boolean => {
  if (isIP(bus) === 0) return false;
  const one = new BlockList();
  one.addAddress(bus, familyOf(bus));
  return one.check(address, familyOf(address));
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Looked up anew: addresses move between nodes. */
const isOfThisMachine = (address: string): boolean => {
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8, 'ipv4');
  own.addSubnet('0.0.0.0', 8, 'ipv4'); // the kernel takes it for this host
  own.addAddress('::1', 'ipv6');
  own.addAddress('::', 'ipv6');
  for (const one of Object.values(networkInterfaces()).flatMap((several) => several ?? [])) {
    own.addAddress(one.address, familyOf(one.address));
  }
  return own.check(address, familyOf(address));
};
