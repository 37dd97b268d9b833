import {
  type CertificateState,
  type ClusterSettingsState,
  defaultSettings,
  type Hash,
  noHash,
  noRevision,
  type RealServerId,
  type RealServerState,
  type Revision,
  type SecretState,
  type Span,
  type VirtualServiceId,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import { Map, OrderedMap } from 'immutable';
import type { Groups } from './groups.ts';
import { noServiceGroups, type ServiceGroups } from './service-groups.ts';
import type { Step } from './steps.ts';
import { realServerIn } from './with-real-server.ts';

/**
 * The configuration of one cluster after one revision, intents included, verdicts not.
 * Persistent collections: a new state shares what did not change, so folding one commit costs what the commit changed,
 * and whatever is identical (`===`) between two states is unchanged.
 */
export type Cluster = {
  readonly revision: Revision;
  /** Hash of the commit with that revision. */
  readonly hash: Hash;
  /** The next number to hand out; a number is never given to another thing. */
  readonly nextNumber: number;
  /** In the order of their numbers. */
  readonly virtualServices: OrderedMap<VirtualServiceId, VirtualServiceState>;
  readonly realServers: Map<RealServerId, RealServerState>;
  readonly settings: ClusterSettingsState;
  /** By name. */
  readonly certificates: Map<string, CertificateState>;
  /** By name. */
  readonly secrets: Map<string, SecretState>;
  // What follows is derived from the above, so that no question reads the whole cluster.
  /** Real servers of each virtual service, in the order of their numbers. */
  readonly members: Map<VirtualServiceId, readonly RealServerId[]>;
  /** Real servers at each address: the machines. */
  readonly machines: Groups<RealServerId>;
  /** Who holds an address, transport and single port, by `endpointKey`. */
  readonly endpoints: Map<string, VirtualServiceId>;
  /** Who holds ranges of ports, by `placeKey`. A key without ranges is not in it. */
  readonly ranges: Map<string, readonly HeldRange[]>;
  readonly servicesBy: ServiceGroups;
  /** The newest steps on the way here, for `changedServices`. */
  readonly steps: readonly Step[];
};

export type HeldRange = Span & { readonly id: VirtualServiceId };

/** Before anybody has set any. */
export const unsetSettings: ClusterSettingsState = { spec: defaultSettings, version: noRevision };

export const emptyCluster: Cluster = {
  revision: noRevision,
  hash: noHash,
  nextNumber: 1,
  virtualServices: OrderedMap(),
  realServers: Map(),
  settings: unsetSettings,
  certificates: Map(),
  secrets: Map(),
  members: Map(),
  machines: Map(),
  endpoints: Map(),
  ranges: Map(),
  servicesBy: noServiceGroups,
  steps: [],
};

/** The real servers of one virtual service, in the order of their numbers; none for an unknown service. */
export const realServersOf = (cluster: Cluster, id: VirtualServiceId): readonly RealServerState[] =>
  statesOf(cluster, cluster.members.get(id) ?? []);

/** The real servers at one address, across services and layers, in the order of their numbers. */
export const machineAt = (cluster: Cluster, address: string): readonly RealServerState[] =>
  statesOf(cluster, cluster.machines.get(address) ?? []).toSorted((a, b) => a.number - b.number);

/** The virtual service that a real server belongs to. */
export const serviceOf = (cluster: Cluster, { virtualServiceId }: RealServerState): VirtualServiceState => {
  const service = cluster.virtualServices.get(virtualServiceId);
  assert(service !== undefined, `no virtual service ${virtualServiceId}`);
  return service;
};

const statesOf = (cluster: Cluster, ids: Iterable<RealServerId>): RealServerState[] => {
  const states: RealServerState[] = [];
  for (const id of ids) states.push(realServerIn(cluster, id));
  return states;
};
