import type { LintFinding, RealServerState, VirtualServiceState } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';

/** A finding without its code, which the table gives, and without its service, which the walk knows. */
export type Finding = Omit<LintFinding, 'code' | 'virtualServiceId'>;
/** A finding about one of several services. */
export type PlacedFinding = Omit<LintFinding, 'code'>;

/** One service with its real servers. */
export type ServiceView = {
  readonly cluster: Cluster;
  readonly service: VirtualServiceState;
  readonly realServers: readonly RealServerState[];
};
/** The services of one application, in the order of their numbers. */
export type ApplicationView = { readonly application: string; readonly services: readonly ServiceView[] };
/** Every real server at one address, in the order of their numbers. */
export type MachineView = { readonly address: string; readonly realServers: readonly RealServerState[] };
/** One service before and after a change. */
export type ChangeView = { readonly before: ServiceView; readonly after: ServiceView };

/** What has to be looked at to find one thing. */
export type Finder = {
  readonly ofService?: (view: ServiceView) => readonly Finding[];
  readonly ofApplication?: (view: ApplicationView) => readonly PlacedFinding[];
  readonly ofMachine?: (view: MachineView) => readonly PlacedFinding[];
  readonly ofChange?: (view: ChangeView) => readonly Finding[];
};

export const labelsOf = (realServers: readonly RealServerState[]): string =>
  realServers.map(({ spec }) => spec.label).join(', ');
