import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { lastAvailable } from '../rules/availability.ts';
import { unknownRealServer } from '../rules/unknown.ts';

export const removeRealServer: Decide<'RemoveRealServer'> = (cluster, { realServerId, force }, context) => {
  const realServer = cluster.realServers.get(realServerId);
  if (realServer === undefined) return refuse(unknownRealServer(realServerId));
  const refusal = lastAvailable(cluster, [realServer], { force }, context);
  return refusal === undefined ? decided({ kind: 'RealServerRemoved', realServerId }) : refuse(refusal);
};
