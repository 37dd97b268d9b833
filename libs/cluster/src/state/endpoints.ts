import { type PortItem, sharedPort, type Span, spanOf, type VirtualServiceSpec } from '@evenkeel/contracts';

export type Transport = 'tcp' | 'udp';
export type Endpoint = Span & { readonly address: string; readonly transport: Transport };

const transports = {
  http: ['tcp'],
  tcp: ['tcp'],
  udp: ['udp'],
  'tcp-udp': ['tcp', 'udp'],
} as const satisfies Record<VirtualServiceSpec['mode'], readonly Transport[]>;

/** Every address, transport and span of ports that a service occupies, enabled or not; `tcp-udp` occupies both. */
export const endpointsOf = ({ address, ports, mode }: VirtualServiceSpec): readonly Endpoint[] =>
  ports.flatMap((item: PortItem) => transports[mode].map((transport) => ({ address, transport, ...spanOf(item) })));

export const isSingle = ({ from, to }: Span): boolean => from === to;

/** Of an endpoint with one port: a range has no key. */
export const endpointKey = ({ address, from, transport }: Endpoint): string => `${address} ${from}/${transport}`;

/** Where ranges are looked up. */
export const placeKey = ({ address, transport }: Endpoint): string => `${address} ${transport}`;

/** The lowest port that both occupy; undefined when they do not meet. */
export const meetingPort = (one: Endpoint, other: Endpoint): number | undefined =>
  one.address === other.address && one.transport === other.transport ? sharedPort(one, other) : undefined;
