import type { PortItem, RealServerSpec, VirtualServiceSpec } from '@evenkeel/contracts';

/** Where clients of a real server really go: its own port, or every port of its service. */
export const effectivePorts = (
  { ports }: Pick<VirtualServiceSpec, 'ports'>,
  { port }: Pick<RealServerSpec, 'port'>,
): readonly PortItem[] => (port === 'inherit' ? ports : [port]);
