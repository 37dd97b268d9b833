import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { availabilityLost } from '../rules/availability.ts';
import { serverStillRoutedTo } from '../rules/routes.ts';
import { unknownRealServer } from '../rules/unknown.ts';
import { imagine } from '../state/imagine.ts';

export const removeRealServer: Decide<'RemoveRealServer'> = (cluster, { realServerId, force }, context) => {
  const realServer = cluster.realServers.get(realServerId);
  if (realServer === undefined) return refuse(unknownRealServer(realServerId));
  const removed = { kind: 'RealServerRemoved', realServerId } as const;
  const after = imagine(cluster, [removed]);
  const refusal =
    serverStillRoutedTo(cluster, realServer.virtualServiceId, realServer.spec.label) ??
    availabilityLost(cluster, after, [realServer.virtualServiceId], { force }, context);
  return refusal === undefined ? decided(removed) : refuse(refusal);
};
