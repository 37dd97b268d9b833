import type { VirtualServiceState } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';

/** The services that a scope owns, in the order of their numbers. */
export const servicesInScope = (cluster: Cluster, scope: string): readonly VirtualServiceState[] =>
  [...cluster.virtualServices.values()].filter(({ spec }) => spec.scope === scope);
