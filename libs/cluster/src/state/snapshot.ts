import type { ClusterSnapshot } from '@evenkeel/contracts';
import { Map, OrderedMap } from 'immutable';
import { type Cluster, unsetSettings } from './cluster.ts';
import { groupsOf } from './groups.ts';
import { placesOf } from './places.ts';
import { serviceGroupsOf } from './service-groups.ts';

/** The cluster as plain data, in the order of the numbers. */
export const toSnapshot = ({
  revision,
  hash,
  nextNumber,
  virtualServices,
  realServers,
  settings,
  certificates,
  secrets,
}: Cluster): ClusterSnapshot => ({
  format: 1,
  revision,
  hash,
  nextNumber,
  virtualServices: [...virtualServices.values()],
  realServers: [...realServers.values()].toSorted((a, b) => a.number - b.number),
  ...(settings === unsetSettings ? {} : { settings }),
  ...(certificates.isEmpty() ? {} : { certificates: [...certificates.values()].toSorted(byName) }),
  ...(secrets.isEmpty() ? {} : { secrets: [...secrets.values()].toSorted(byName) }),
});

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** The cluster that `toSnapshot` was given. The indexes are made anew and all at once, which is faster than by steps. */
export const fromSnapshot = (snapshot: ClusterSnapshot): Cluster => {
  const { revision, hash, nextNumber, virtualServices, realServers, settings } = snapshot;
  const membersOf = Object.groupBy(realServers, ({ virtualServiceId }) => virtualServiceId);
  return {
    revision,
    hash,
    nextNumber,
    virtualServices: OrderedMap(virtualServices.map((service) => [service.id, service])),
    realServers: Map(realServers.map((realServer) => [realServer.id, realServer])),
    settings: settings ?? unsetSettings,
    certificates: Map((snapshot.certificates ?? []).map((certificate) => [certificate.name, certificate])),
    secrets: Map((snapshot.secrets ?? []).map((secret) => [secret.name, secret])),
    members: Map(virtualServices.map(({ id }) => [id, (membersOf[id] ?? []).map((member) => member.id)])),
    machines: groupsOf(realServers, ({ spec }) => spec.address),
    ...placesOf(virtualServices),
    servicesBy: serviceGroupsOf(virtualServices),
    steps: [],
  };
};
