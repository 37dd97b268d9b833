import {
  type ClusterRefusalOf,
  countOf,
  isHttpsRedirect,
  isIPv6,
  type RealServerSpec,
  type VirtualServiceSpec,
} from '@evenkeel/contracts';

type Combination = ClusterRefusalOf<'invalid-combination'>['errors'][number];

/**
 * Fields of a real server that cannot stand beside each other or beside its service. `at` is the pointer to the real
 * server in the caller's document.
 */
export const misfitsOf = (service: VirtualServiceSpec, realServer: RealServerSpec, at: string): Combination[] =>
  [
    behindRedirect(service, realServer, at),
    fixedPort(service, realServer, at),
    minimumOnLayer7(service, realServer, at),
    minimumAboveMaximum(realServer, at),
    tlsWithoutHttp(service, realServer, at),
    mixedFamilies(service, realServer, at),
  ].flatMap((misfit) => misfit ?? []);

/** The real server as a whole is what does not fit. */
const behindRedirect = (service: VirtualServiceSpec, { label }: RealServerSpec, at: string): Combination | undefined =>
  isHttpsRedirect(service)
    ? {
        pointer: at,
        detail: `real server ${label} cannot stand with action "${service.action}": ${service.label} answers every request itself`,
        expected: 'no real servers, or action "balance"',
        inherited: false,
      }
    : undefined;

const fixedPort = ({ ports }: VirtualServiceSpec, { port }: RealServerSpec, at: string): Combination | undefined =>
  port === 'inherit' || countOf(ports) === 1
    ? undefined
    : {
        pointer: `${at}/port`,
        detail: `port ${port} cannot stand with the service's ports ${ports.join(', ')}: all of them would end on one port`,
        expected: 'port "inherit", or one service for each port',
        inherited: false,
      };

const minimumOnLayer7 = (
  { layer }: VirtualServiceSpec,
  { minConnections }: RealServerSpec,
  at: string,
): Combination | undefined =>
  layer === 4 || minConnections === 0
    ? undefined
    : {
        pointer: `${at}/minConnections`,
        detail: `minConnections ${minConnections} cannot stand with layer 7`,
        expected: 'minConnections 0, or layer 4',
        inherited: false,
      };

const minimumAboveMaximum = (
  { minConnections, maxConnections }: RealServerSpec,
  at: string,
): Combination | undefined =>
  maxConnections === 0 || minConnections <= maxConnections
    ? undefined
    : {
        pointer: `${at}/minConnections`,
        detail: `minConnections ${minConnections} cannot stand with maxConnections ${maxConnections}`,
        expected: `minConnections at most ${maxConnections}, or maxConnections 0 or at least ${minConnections}`,
        inherited: false,
      };

const tlsWithoutHttp = ({ mode }: VirtualServiceSpec, { tls }: RealServerSpec, at: string): Combination | undefined =>
  mode === 'http' || tls === 'inherit'
    ? undefined
    : {
        pointer: `${at}/tls`,
        detail: `tls "${tls}" cannot stand with mode "${mode}": bytes pass there as they are`,
        expected: 'tls "inherit", or mode "http"',
        inherited: false,
      };

/** Layer 7 makes a connection of its own to the real server; layer 4 only writes another address into the packet. */
const mixedFamilies = (
  { layer, address: service }: VirtualServiceSpec,
  { address }: RealServerSpec,
  at: string,
): Combination | undefined => {
  if (layer === 7 || isIPv6(service) === isIPv6(address)) return undefined;
  const [family, other] = isIPv6(service) ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6'];
  return {
    pointer: `${at}/address`,
    detail: `${address} is ${other}, and the service has the ${family} address ${service}: layer 4 does not translate between them`,
    expected: `the machine's ${family} address, or layer 7`,
    inherited: false,
  };
};
