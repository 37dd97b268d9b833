import type { ClusterEvent, RealServerId, RealServerState, VirtualServiceId } from '@evenkeel/contracts';
import { type Cluster, realServersOf } from './state/cluster.ts';
import { realServerIn } from './state/with-real-server.ts';

/**
 * Everything that `events` say something about, sorted: the audit index of their commit. Ids of virtual services and of
 * real servers, and machines as `machine:<address>`. A real server's events touch its service and its machine as well; a
 * new address touches both machines. `cluster` is the state before the events.
 */
export const touched = (cluster: Cluster, events: readonly ClusterEvent[]): string[] => {
  const added = new Map<RealServerId, Whereabouts>();
  const entities = events.flatMap((event) => {
    if (event.kind === 'RealServerAdded') added.set(event.realServerId, whereaboutsIn(event));
    return entitiesOf(cluster, event, (id) => added.get(id) ?? whereabouts(realServerIn(cluster, id)));
  });
  return [...new Set(entities)].toSorted();
};

type Whereabouts = { readonly virtualServiceId: VirtualServiceId; readonly address: string };

const whereaboutsIn = ({ virtualServiceId, realServer }: Extract<ClusterEvent, { kind: 'RealServerAdded' }>) => ({
  virtualServiceId,
  address: realServer.address,
});

const whereabouts = ({ virtualServiceId, spec }: RealServerState): Whereabouts => ({
  virtualServiceId,
  address: spec.address,
});

const machine = (address: string): string => `machine:${address}`;

const entitiesOf = (
  cluster: Cluster,
  event: ClusterEvent,
  find: (id: RealServerId) => Whereabouts,
): readonly string[] => {
  switch (event.kind) {
    case 'VirtualServiceAdded':
    case 'VirtualServiceModified':
    case 'VirtualServiceEnabled':
    case 'VirtualServiceDisabled':
      return [event.virtualServiceId];
    case 'VirtualServiceRemoved': {
      const members = realServersOf(cluster, event.virtualServiceId);
      return [event.virtualServiceId, ...members.flatMap(({ id, spec }) => [id, machine(spec.address)])];
    }
    case 'RealServerModified':
      return [...placesOf(event.realServerId, find(event.realServerId)), machine(event.realServer.address)];
    case 'RealServerAdded':
    case 'RealServerRemoved':
    case 'RealServerDrainStarted':
    case 'RealServerHalted':
    case 'RealServerBroughtOnline':
      return placesOf(event.realServerId, find(event.realServerId));
    case 'BlueprintInstantiated':
      return [];
    default:
      return event satisfies never;
  }
};

const placesOf = (id: RealServerId, { virtualServiceId, address }: Whereabouts): readonly string[] => [
  id,
  virtualServiceId,
  machine(address),
];
