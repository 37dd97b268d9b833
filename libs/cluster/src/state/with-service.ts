import type { VirtualServiceId, VirtualServiceState } from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import type { Cluster } from './cluster.ts';
import { endpointKey, endpointsOf } from './endpoints.ts';
import { regrouped } from './service-groups.ts';
import { realServerIn, removeRealServer } from './with-real-server.ts';

// The cluster with one service changed, and every index with it.

export const serviceIn = (cluster: Cluster, id: VirtualServiceId): VirtualServiceState => {
  const service = cluster.virtualServices.get(id);
  assert(service !== undefined, `no virtual service ${id}`);
  return service;
};

export const addService = (cluster: Cluster, service: VirtualServiceState): Cluster => ({
  ...cluster,
  nextNumber: Math.max(cluster.nextNumber, service.number + 1),
  virtualServices: cluster.virtualServices.set(service.id, service),
  members: cluster.members.set(service.id, []),
  endpoints: occupied(cluster.endpoints, service),
  servicesBy: regrouped(cluster.servicesBy, service.id, undefined, service.spec),
});

export const replaceService = (cluster: Cluster, before: VirtualServiceState, after: VirtualServiceState): Cluster => {
  const virtualServices = cluster.virtualServices.set(after.id, after);
  if (before.spec === after.spec) return { ...cluster, virtualServices };
  return {
    ...cluster,
    virtualServices,
    endpoints: occupied(released(cluster.endpoints, before), after),
    servicesBy: regrouped(cluster.servicesBy, after.id, before.spec, after.spec),
  };
};

/** Its real servers go with it. */
export const removeService = (cluster: Cluster, service: VirtualServiceState): Cluster => {
  const members = cluster.members.get(service.id) ?? [];
  const emptied = members.reduce((state, id) => removeRealServer(state, realServerIn(state, id)), cluster);
  return {
    ...emptied,
    virtualServices: emptied.virtualServices.delete(service.id),
    members: emptied.members.delete(service.id),
    endpoints: released(emptied.endpoints, service),
    servicesBy: regrouped(emptied.servicesBy, service.id, service.spec, undefined),
  };
};

type Endpoints = Cluster['endpoints'];

const occupied = (endpoints: Endpoints, { id, spec }: VirtualServiceState): Endpoints =>
  endpoints.withMutations((map) => endpointsOf(spec).forEach((endpoint) => map.set(endpointKey(endpoint), id)));

const released = (endpoints: Endpoints, { spec }: VirtualServiceState): Endpoints =>
  endpoints.deleteAll(endpointsOf(spec).map(endpointKey));
