import type { ClusterRefusal } from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';

/** Evenkeel itself listens there, so no service can, on any address. */
export const portReserved = (
  ports: readonly number[],
  { reservedPorts }: DecisionContext,
): ClusterRefusal | undefined => {
  for (const port of ports) {
    const usedFor = reservedPorts.get(port);
    if (usedFor !== undefined) return { kind: 'port-reserved', port, usedFor };
  }
  return undefined;
};
