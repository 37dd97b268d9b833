import type { VirtualServiceId, VirtualServiceState } from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import type { Cluster } from './cluster.ts';
import { occupied, released } from './places.ts';
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
  virtualServices: inOrder(cluster.virtualServices.set(service.id, service), service.number < cluster.nextNumber),
  members: cluster.members.set(service.id, []),
  ...occupied(cluster, service),
  servicesBy: regrouped(cluster.servicesBy, service.id, undefined, service.spec),
});

/** One that comes again has its old number, which is not the last. */
const inOrder = (services: Cluster['virtualServices'], isBack: boolean): Cluster['virtualServices'] =>
  isBack ? services.sortBy(({ number }) => number) : services;

export const replaceService = (cluster: Cluster, before: VirtualServiceState, after: VirtualServiceState): Cluster => {
  const virtualServices = cluster.virtualServices.set(after.id, after);
  if (before.spec === after.spec) return { ...cluster, virtualServices };
  return {
    ...cluster,
    virtualServices,
    ...occupied(released(cluster, before), after),
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
    ...released(emptied, service),
    servicesBy: regrouped(emptied.servicesBy, service.id, service.spec, undefined),
  };
};
