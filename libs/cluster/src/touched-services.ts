import type { ClusterEvent, VirtualServiceId } from '@evenkeel/contracts';
import type { Cluster } from './state/cluster.ts';

/** The services that `events` touch, or whose real servers they touch, in the order of the events. `cluster`: before them. */
export const touchedServices = (cluster: Cluster, events: readonly ClusterEvent[]): readonly VirtualServiceId[] => [
  ...new Set(
    events.flatMap((event) => {
      if ('virtualServiceId' in event) return [event.virtualServiceId];
      if (!('realServerId' in event)) return [];
      return cluster.realServers.get(event.realServerId)?.virtualServiceId ?? []; // a new one: its addition names the service
    }),
  ),
];
