import fc from 'fast-check';
import {
  drainForgetting,
  drainKeeping,
  haltClosing,
  haltFinishing,
  online,
  type ServerTale,
  type ServiceTale,
} from './picture-of.ts';

const server = (number: number): fc.Arbitrary<ServerTale> =>
  fc.record(
    {
      number: fc.constant(number),
      address: fc.constantFrom('192.168.85.200', '192.168.85.201', '192.168.85.202'),
      weight: fc.constantFrom(0, 1, 100, 256),
      port: fc.constantFrom<'inherit' | number>('inherit', 1_137),
      maxConnections: fc.constantFrom(0, 10),
      minConnections: fc.constantFrom(0, 5),
      intent: fc.constantFrom(online, drainKeeping, drainForgetting, haltClosing, haltFinishing),
      verdict: fc.constantFrom('up', 'down', 'unknown'),
    },
    { requiredKeys: ['number', 'address'] },
  );
/** A service with up to three real servers; the same number means the same service. */
export const anyService = (number: number): fc.Arbitrary<ServiceTale> =>
  fc.record({
    number: fc.constant(number),
    label: fc.constant(`service-${number}`),
    address: fc.constant('192.168.85.150'),
    ports: fc.constantFrom([number], [number, number + 1]),
    layer: fc.constant(4 as const),
    mode: fc.constantFrom('tcp' as const, 'udp' as const),
    balance: fc.constantFrom('random' as const, 'round-robin' as const),
    persistence: fc.constantFrom(
      { kind: 'none' as const },
      { kind: 'source-ip' as const, timeout: '5m' },
      { kind: 'source-ip' as const, timeout: '1h', tableSize: 1_000 },
    ),
    isEnabled: fc.boolean(),
    servers: fc.subarray([1, 2, 3]).chain((offsets) => fc.tuple(...offsets.map((offset) => server(number + offset)))),
  });
