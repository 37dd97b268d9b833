import type {
  ClusterEvent,
  Commit,
  Hash,
  RealServerId,
  RealServerState,
  VirtualServiceId,
  VirtualServiceState,
} from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import { OrderedSet } from 'immutable';
import type { Cluster } from './cluster.ts';
import { endpointKey, endpointsOf } from './endpoints.ts';

/** The cluster after `commit`. One that it already holds changes nothing; a gap or a broken chain is a `Bug`. */
export const evolve = (cluster: Cluster, commit: Commit, hash: Hash): Cluster => {
  if (commit.revision <= cluster.revision) return cluster; // delivered again
  assert(commit.revision === cluster.revision + 1, `${commit.log} has a gap before revision ${commit.revision}`);
  assert(
    commit.previousHash === cluster.hash,
    `${commit.log} revision ${commit.revision} does not continue our history`,
  );
  const after = commit.events.reduce((state, event) => withEvent(state, event, commit), cluster);
  return { ...after, revision: commit.revision, hash };
};

/** What an event needs to know of its commit: who, when, why, and the revision that it will have. */
export type Occasion = Pick<Commit, 'revision' | 'time' | 'actor' | 'reason'>;

/** The cluster after one event; revision and hash stay. A fact about an unknown thing is a `Bug`. */
export const withEvent = (cluster: Cluster, event: ClusterEvent, occasion: Occasion): Cluster => {
  switch (event.kind) {
    case 'VirtualServiceAdded': {
      const { virtualServiceId: id, number, service: spec, duplicatedFrom } = event;
      const origin = duplicatedFrom === undefined ? {} : { duplicatedFrom };
      return addService(cluster, { id, number, spec, enabled: true, ...origin, version: occasion.revision });
    }
    case 'VirtualServiceModified': {
      const before = serviceIn(cluster, event.virtualServiceId);
      return replaceService(cluster, before, { ...before, spec: event.service, version: occasion.revision });
    }
    case 'VirtualServiceRemoved':
      return removeService(cluster, serviceIn(cluster, event.virtualServiceId));
    case 'VirtualServiceEnabled':
    case 'VirtualServiceDisabled': {
      const before = serviceIn(cluster, event.virtualServiceId);
      const enabled = event.kind === 'VirtualServiceEnabled';
      return replaceService(cluster, before, { ...before, enabled, version: occasion.revision });
    }
    case 'RealServerAdded': {
      const { realServerId: id, virtualServiceId, number, realServer: spec } = event;
      const intent = intentSet(occasion, { intent: 'online' });
      return addRealServer(cluster, { id, virtualServiceId, number, spec, ...intent, version: occasion.revision });
    }
    case 'RealServerModified': {
      const before = realServerIn(cluster, event.realServerId);
      return replaceRealServer(cluster, before, { ...before, spec: event.realServer, version: occasion.revision });
    }
    case 'RealServerRemoved':
      return removeRealServer(cluster, realServerIn(cluster, event.realServerId));
    case 'RealServerDrainStarted':
      return setIntent(cluster, event.realServerId, occasion, { intent: 'drain', clients: event.clients });
    case 'RealServerHalted':
      return setIntent(cluster, event.realServerId, occasion, { intent: 'halt', connections: event.connections });
    case 'RealServerBroughtOnline':
      return setIntent(cluster, event.realServerId, occasion, { intent: 'online' });
    case 'BlueprintInstantiated':
      return cluster; // its commit holds the events that matter here
    default:
      return event satisfies never;
  }
};

const serviceIn = (cluster: Cluster, id: VirtualServiceId): VirtualServiceState => {
  const service = cluster.virtualServices.get(id);
  assert(service !== undefined, `no virtual service ${id}`);
  return service;
};

const realServerIn = (cluster: Cluster, id: RealServerId): RealServerState => {
  const realServer = cluster.realServers.get(id);
  assert(realServer !== undefined, `no real server ${id}`);
  return realServer;
};

const addService = (cluster: Cluster, service: VirtualServiceState): Cluster => ({
  ...cluster,
  nextNumber: Math.max(cluster.nextNumber, service.number + 1),
  virtualServices: cluster.virtualServices.set(service.id, service),
  members: cluster.members.set(service.id, OrderedSet()),
  endpoints: occupied(cluster, service),
});

const replaceService = (cluster: Cluster, before: VirtualServiceState, after: VirtualServiceState): Cluster => ({
  ...cluster,
  virtualServices: cluster.virtualServices.set(after.id, after),
  endpoints: occupied({ ...cluster, endpoints: released(cluster, before) }, after),
});

const removeService = (cluster: Cluster, service: VirtualServiceState): Cluster => {
  const members = cluster.members.get(service.id) ?? OrderedSet();
  const emptied = members.reduce((state, id) => removeRealServer(state, realServerIn(state, id)), cluster);
  return {
    ...emptied,
    virtualServices: emptied.virtualServices.delete(service.id),
    members: emptied.members.delete(service.id),
    endpoints: released(emptied, service),
  };
};

const occupied = (cluster: Cluster, { id, spec }: VirtualServiceState): Cluster['endpoints'] =>
  cluster.endpoints.withMutations((map) => endpointsOf(spec).forEach((endpoint) => map.set(endpointKey(endpoint), id)));

const released = (cluster: Cluster, { spec }: VirtualServiceState): Cluster['endpoints'] =>
  cluster.endpoints.deleteAll(endpointsOf(spec).map(endpointKey));

const addRealServer = (cluster: Cluster, realServer: RealServerState): Cluster => ({
  ...cluster,
  nextNumber: Math.max(cluster.nextNumber, realServer.number + 1),
  realServers: cluster.realServers.set(realServer.id, realServer),
  members: cluster.members.update(realServer.virtualServiceId, OrderedSet(), (ids) => ids.add(realServer.id)),
  machines: joined(cluster.machines, realServer),
});

const replaceRealServer = (cluster: Cluster, before: RealServerState, after: RealServerState): Cluster => ({
  ...cluster,
  realServers: cluster.realServers.set(after.id, after),
  machines:
    before.spec.address === after.spec.address ? cluster.machines : joined(left(cluster.machines, before), after),
});

const removeRealServer = (cluster: Cluster, realServer: RealServerState): Cluster => ({
  ...cluster,
  realServers: cluster.realServers.delete(realServer.id),
  members: cluster.members.update(realServer.virtualServiceId, OrderedSet(), (ids) => ids.delete(realServer.id)),
  machines: left(cluster.machines, realServer),
});

const joined = (machines: Cluster['machines'], { id, spec }: RealServerState): Cluster['machines'] =>
  machines.update(spec.address, OrderedSet(), (ids) => ids.add(id));

const left = (machines: Cluster['machines'], { id, spec }: RealServerState): Cluster['machines'] => {
  const rest = (machines.get(spec.address) ?? OrderedSet()).delete(id);
  return rest.isEmpty() ? machines.delete(spec.address) : machines.set(spec.address, rest);
};

type IntentFields = Pick<RealServerState, 'intent' | 'intentSince' | 'intentBy' | 'intentReason'>;

const intentSet = ({ time, actor, reason }: Occasion, intent: RealServerState['intent']): IntentFields => ({
  intent,
  intentSince: time,
  intentBy: actor.name,
  ...(reason === undefined ? {} : { intentReason: reason }),
});

const setIntent = (
  cluster: Cluster,
  id: RealServerId,
  occasion: Occasion,
  intent: RealServerState['intent'],
): Cluster => {
  const { intentReason: _, ...before } = realServerIn(cluster, id); // a reason belongs to the intent it came with
  return replaceRealServer(
    cluster,
    { ...before },
    { ...before, ...intentSet(occasion, intent), version: occasion.revision },
  );
};
