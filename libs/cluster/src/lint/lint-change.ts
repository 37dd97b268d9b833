import type { LintFinding, RealServerState, VirtualServiceState } from '@evenkeel/contracts';
import { type Cluster, machineAt, realServersOf } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';
import { finders } from './finders.ts';
import { lint, servicesAmong, viewOf } from './lint.ts';

/**
 * Advice about what a commit changed. `entities` are those that its events touched. Only configuration is advised on: an
 * intent is an operator's wish and changes none of it, so its commit costs nothing here.
 */
export const lintChange = (before: Cluster, after: Cluster, entities: readonly string[]): LintFinding[] => {
  const services = servicesAmong(after, entities).filter(({ id }) => isReconfigured(before, after, id));
  if (services.length === 0) return [];
  const changed = new Set(services.map(({ id }) => id));
  const addresses = entities.filter((id) => machineAt(after, id.replace(/^machine:/, '')).some(isOf(changed)));
  return [
    ...services.flatMap((service) => findingsOfChange(before, after, service)),
    ...lint(after, { only: [...changed, ...addresses] }),
  ];
};

const isOf =
  (services: ReadonlySet<string>) =>
  ({ virtualServiceId }: RealServerState): boolean =>
    services.has(virtualServiceId);

/** Specs are shared between states until somebody changes them, so identity tells. */
const isReconfigured = (before: Cluster, after: Cluster, id: VirtualServiceState['id']): boolean => {
  if (before.virtualServices.get(id)?.spec !== serviceIn(after, id).spec) return true;
  const specs = (cluster: Cluster) => realServersOf(cluster, id).map(({ spec }) => spec);
  const [old, now] = [specs(before), specs(after)];
  return old.length !== now.length || old.some((spec, index) => spec !== now[index]);
};

const findingsOfChange = (before: Cluster, after: Cluster, service: VirtualServiceState): readonly LintFinding[] => {
  const old = before.virtualServices.get(service.id);
  if (old === undefined) return [];
  const change = { before: viewOf(before, old), after: viewOf(after, service) };
  return finders.flatMap(([code, { ofChange }]) =>
    (ofChange?.(change) ?? []).map((finding) => ({ code, virtualServiceId: service.id, ...finding })),
  );
};
