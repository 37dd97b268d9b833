import type { LintFinding, VirtualServiceId, VirtualServiceState } from '@evenkeel/contracts';
import { type Cluster, machineAt, realServersOf } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';
import type { ServiceView } from './finder.ts';
import { finders } from './finders.ts';

/** Service ids and `machine:<address>`, as `touched` gives them; other ids are no subject of advice. */
export type LintOptions = { readonly only?: readonly string[] };

/**
 * Advice about a cluster, or about `only` some of its entities, their applications included. It never refuses. What comes
 * of a change and not of a state is found by `lintChange`.
 */
export const lint = (cluster: Cluster, { only }: LintOptions = {}): LintFinding[] => {
  const services = only === undefined ? [...cluster.virtualServices.values()] : servicesAmong(cluster, only);
  const addresses = only === undefined ? [...cluster.machines.keys()].toSorted() : addressesAmong(only);
  return [
    ...services.flatMap((service) => findingsOfService(viewOf(cluster, service))),
    ...applicationsOf(services).flatMap((application) => findingsOfApplication(cluster, application)),
    ...addresses.flatMap((address) => findingsOfMachine(cluster, address)),
  ];
};

/** Ids of services that are no longer there are left out. */
export const servicesAmong = (cluster: Cluster, ids: readonly string[]): readonly VirtualServiceState[] =>
  ids.flatMap((id) => cluster.virtualServices.get(id as VirtualServiceId) ?? []);

export const viewOf = (cluster: Cluster, service: VirtualServiceState): ServiceView => ({
  cluster,
  service,
  realServers: realServersOf(cluster, service.id),
});

const machinePrefix = 'machine:';

const addressesAmong = (ids: readonly string[]): readonly string[] =>
  ids.filter((id) => id.startsWith(machinePrefix)).map((id) => id.slice(machinePrefix.length));

const applicationsOf = (services: readonly VirtualServiceState[]): readonly string[] => [
  ...new Set(services.flatMap(({ spec }) => spec.application ?? [])),
];

const findingsOfService = (view: ServiceView): readonly LintFinding[] =>
  finders.flatMap(([code, { ofService }]) =>
    (ofService?.(view) ?? []).map((finding) => ({ code, virtualServiceId: view.service.id, ...finding })),
  );

const findingsOfApplication = (cluster: Cluster, application: string): readonly LintFinding[] => {
  const members = [...(cluster.servicesBy.application.get(application) ?? [])].map((id) => serviceIn(cluster, id));
  const services = members.toSorted((a, b) => a.number - b.number).map((service) => viewOf(cluster, service));
  return finders.flatMap(([code, { ofApplication }]) =>
    (ofApplication?.({ application, services }) ?? []).map((finding) => ({ code, ...finding })),
  );
};

const findingsOfMachine = (cluster: Cluster, address: string): readonly LintFinding[] => {
  const realServers = machineAt(cluster, address);
  return finders.flatMap(([code, { ofMachine }]) =>
    (ofMachine?.({ address, realServers }) ?? []).map((finding) => ({ code, ...finding })),
  );
};
