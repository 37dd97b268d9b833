import {
  type Hash,
  noHash,
  noRevision,
  type RealServerId,
  type RealServerState,
  type Revision,
  type VirtualServiceId,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { Map, OrderedMap, OrderedSet } from 'immutable';

/**
 * The configuration of one cluster after one revision, intents included, verdicts not.
 * Persistent collections: a new state shares what did not change, so folding one commit costs what the commit changed,
 * and whatever is identical (`===`) between two states is unchanged.
 */
export type Cluster = {
  readonly revision: Revision;
  /** Hash of the commit with that revision. */
  readonly hash: Hash;
  /** The next number to hand out; numbers are never reused. */
  readonly nextNumber: number;
  /** In the order of their numbers. */
  readonly virtualServices: OrderedMap<VirtualServiceId, VirtualServiceState>;
  readonly realServers: Map<RealServerId, RealServerState>;
  /** Real servers of each virtual service, in the order of their numbers. */
  readonly members: Map<VirtualServiceId, OrderedSet<RealServerId>>;
  /** Real servers at each address: the machines. */
  readonly machines: Map<string, OrderedSet<RealServerId>>;
  /** Who holds an address, port and transport, by `endpointKey`. */
  readonly endpoints: Map<string, VirtualServiceId>;
};

export const emptyCluster: Cluster = {
  revision: noRevision,
  hash: noHash,
  nextNumber: 1,
  virtualServices: OrderedMap(),
  realServers: Map(),
  members: Map(),
  machines: Map(),
  endpoints: Map(),
};

/** The real servers of one virtual service, in the order of their numbers; none for an unknown service. */
export const realServersOf = (cluster: Cluster, id: VirtualServiceId): readonly RealServerState[] =>
  statesOf(cluster, cluster.members.get(id));

/** The real servers at one address, across services and layers. */
export const machineAt = (cluster: Cluster, address: string): readonly RealServerState[] =>
  statesOf(cluster, cluster.machines.get(address));

const statesOf = (cluster: Cluster, ids: OrderedSet<RealServerId> | undefined): readonly RealServerState[] =>
  (ids?.toArray() ?? []).flatMap((id) => cluster.realServers.get(id) ?? []);
