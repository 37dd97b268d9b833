import { type ClusterRefusal, hasPort, type PortItem } from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';

/**
 * Evenkeel itself listens there, so no service can, on any address. What was right `before` stays right, whatever settings
 * have changed since.
 */
export const portReserved = (
  ports: readonly PortItem[],
  { reservedPorts }: DecisionContext,
  before: readonly PortItem[] = [],
): ClusterRefusal | undefined => {
  const taken = [...reservedPorts].filter(([port]) => hasPort(ports, port) && !hasPort(before, port));
  const [lowest] = taken.toSorted(([a], [b]) => a - b);
  return lowest && { kind: 'port-reserved', port: lowest[0], usedFor: lowest[1] };
};
