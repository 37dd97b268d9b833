import { hostAndPort, type VirtualServiceSpec } from '@evenkeel/contracts';
import { line } from './config-text.ts';

type Place = Pick<VirtualServiceSpec, 'address' | 'ports'>;

/**
 * Where a service listens. `transparent`: a standby node listens on an address that it does not hold yet. HAProxy uses
 * IP_FREEBIND, which needs no privilege (tried on 2.6.12 as `nobody`).
 */
export const renderBinds = ({ address, ports }: Place, encryption: readonly string[] = []): readonly string[] =>
  ports.map((port) => line('bind', hostAndPort(address, port), 'transparent', ...encryption));
