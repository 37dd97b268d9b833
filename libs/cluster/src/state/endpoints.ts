import type { VirtualServiceSpec } from '@evenkeel/contracts';

export type Transport = 'tcp' | 'udp';
export type Endpoint = { readonly address: string; readonly port: number; readonly transport: Transport };

const transports = {
  http: ['tcp'],
  tcp: ['tcp'],
  udp: ['udp'],
  'tcp-udp': ['tcp', 'udp'],
} as const satisfies Record<VirtualServiceSpec['mode'], readonly Transport[]>;

/** Every address, port and transport that a service occupies, enabled or not; `tcp-udp` occupies both. */
export const endpointsOf = ({ address, ports, mode }: VirtualServiceSpec): readonly Endpoint[] =>
  ports.flatMap((port) => transports[mode].map((transport) => ({ address, port, transport })));

export const endpointKey = ({ address, port, transport }: Endpoint): string => `${address} ${port}/${transport}`;
