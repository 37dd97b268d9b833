import { healthCheckOf } from '@evenkeel/contracts';
import type { Finder } from './finder.ts';
import { realServersOf } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';

/** Following takes the verdict of the same machine; a machine that is not there has none, and stays unknown. */
export const followedMachineMissing: Finder = {
  ofService: ({ cluster, service: { spec }, realServers }) => {
    const healthCheck = healthCheckOf(spec);
    if (healthCheck?.kind !== 'follow') return [];
    const { virtualService } = healthCheck;
    const addresses = new Set(realServersOf(cluster, virtualService).map((followed) => followed.spec.address));
    const { label } = serviceIn(cluster, virtualService).spec;
    return realServers
      .filter((realServer) => !addresses.has(realServer.spec.address))
      .map((realServer) => ({
        realServerId: realServer.id,
        detail: `${spec.label} follows ${label}, which has no ${realServer.spec.label} at ${realServer.spec.address}`,
        advice: `Add ${realServer.spec.address} to ${label}: until then nobody knows whether it is up here.`,
      }));
  },
};
