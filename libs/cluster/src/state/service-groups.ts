import {
  fallbackOf,
  healthCheckOf,
  type VirtualServiceId,
  type VirtualServiceSpec,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { Map } from 'immutable';
import { type Groups, groupsOf, moved } from './groups.ts';

/**
 * By what services are looked up without reading them all. `followed`: by the id of the service
 * whose verdict they take. `fallback`: by the address of their fallback server.
 */
const keyOf = {
  label: (spec: VirtualServiceSpec) => spec.label,
  address: (spec: VirtualServiceSpec) => spec.address,
  application: (spec: VirtualServiceSpec) => spec.application,
  followed: (spec: VirtualServiceSpec) => {
    const check = healthCheckOf(spec);
    return check?.kind === 'follow' ? check.virtualService : undefined;
  },
  fallback: (spec: VirtualServiceSpec) => {
    const fallback = fallbackOf(spec);
    return fallback?.kind === 'server' ? fallback.address : undefined;
  },
} as const satisfies Record<string, (spec: VirtualServiceSpec) => string | undefined>;

export type ServiceGroups = { readonly [Key in keyof typeof keyOf]: Groups<VirtualServiceId> };

export const noServiceGroups: ServiceGroups = {
  label: Map(),
  address: Map(),
  application: Map(),
  followed: Map(),
  fallback: Map(),
};

/** The groups of all these. */
export const serviceGroupsOf = (services: readonly VirtualServiceState[]): ServiceGroups => ({
  label: groupsOf(services, ({ spec }) => keyOf.label(spec)),
  address: groupsOf(services, ({ spec }) => keyOf.address(spec)),
  application: groupsOf(services, ({ spec }) => keyOf.application(spec)),
  followed: groupsOf(services, ({ spec }) => keyOf.followed(spec)),
  fallback: groupsOf(services, ({ spec }) => keyOf.fallback(spec)),
});

/** The groups after a service became `after`; undefined before it was added and after it was removed. */
export const regrouped = (
  groups: ServiceGroups,
  id: VirtualServiceId,
  before: VirtualServiceSpec | undefined,
  after: VirtualServiceSpec | undefined,
): ServiceGroups => ({
  label: moved(groups.label, id, before && keyOf.label(before), after && keyOf.label(after)),
  address: moved(groups.address, id, before && keyOf.address(before), after && keyOf.address(after)),
  application: moved(groups.application, id, before && keyOf.application(before), after && keyOf.application(after)),
  followed: moved(groups.followed, id, before && keyOf.followed(before), after && keyOf.followed(after)),
  fallback: moved(groups.fallback, id, before && keyOf.fallback(before), after && keyOf.fallback(after)),
});
