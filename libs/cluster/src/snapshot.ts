import type { ClusterSnapshot } from '@evenkeel/contracts';
import { Map, OrderedMap, OrderedSet } from 'immutable';
import { type Cluster, realServersOf } from './cluster.ts';
import { endpointKey, endpointsOf } from './endpoints.ts';

/** The cluster as plain data. */
export const toSnapshot = (cluster: Cluster): ClusterSnapshot => {
  const virtualServices = [...cluster.virtualServices.values()];
  return {
    format: 1,
    revision: cluster.revision,
    hash: cluster.hash,
    nextNumber: cluster.nextNumber,
    virtualServices,
    realServers: virtualServices.flatMap(({ id }) => realServersOf(cluster, id)),
  };
};

/** The cluster that `toSnapshot` was given; the indexes are made anew. */
export const fromSnapshot = (snapshot: ClusterSnapshot): Cluster => ({
  revision: snapshot.revision,
  hash: snapshot.hash,
  nextNumber: snapshot.nextNumber,
  virtualServices: OrderedMap(snapshot.virtualServices.map((service) => [service.id, service])),
  realServers: Map(snapshot.realServers.map((realServer) => [realServer.id, realServer])),
  members: Map(snapshot.virtualServices.map(({ id }) => [id, OrderedSet()] as const)).merge(
    grouped(snapshot, ({ virtualServiceId }) => virtualServiceId),
  ) as Cluster['members'],
  machines: grouped(snapshot, ({ spec }) => spec.address),
  endpoints: Map(
    snapshot.virtualServices.flatMap(({ id, spec }) =>
      endpointsOf(spec).map((endpoint) => [endpointKey(endpoint), id] as const),
    ),
  ),
});

type RealServer = ClusterSnapshot['realServers'][number];

const grouped = <Key extends string>(snapshot: ClusterSnapshot, keyOf: (realServer: RealServer) => Key) => {
  const groups = entriesBy(snapshot.realServers, keyOf);
  return Map(groups.map(([key, members]) => [key, OrderedSet(members.map(({ id }) => id))] as const));
};

const entriesBy = <Item, Key extends string>(items: readonly Item[], keyOf: (item: Item) => Key): [Key, Item[]][] =>
  Object.entries(Object.groupBy(items, keyOf)) as [Key, Item[]][];
