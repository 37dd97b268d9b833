import type { ClusterEvent, RealServerSpec, RealServerState } from '@evenkeel/contracts';
import { changedFields } from '../changed-fields.ts';
import type { DecisionContext } from '../decision.ts';
import { realServerAdded, serviceAdded } from '../rules/new-service.ts';
import { type Cluster, realServersOf } from '../state/cluster.ts';
import type { Declared } from './declared-services.ts';

/**
 * The events that make `declared` true, none when it is; they need not be applicable in this order alone (see
 * `endStateRefused`). Real servers are matched by label. Nothing is said about intents, but that a new real server starts
 * with the one that its machine has.
 */
export const differenceOf = (
  cluster: Cluster,
  declared: readonly Declared[],
  context: DecisionContext,
): readonly ClusterEvent[] => {
  const events: ClusterEvent[] = [];
  let nextNumber = cluster.nextNumber;
  for (const service of declared) {
    const numbering = { ...cluster, nextNumber }; // what is new before it is counted, and is otherwise not there yet
    const own =
      service.present === undefined ? added(numbering, service, context) : changed(numbering, service, context);
    nextNumber += own.filter(({ kind }) => kind === 'VirtualServiceAdded' || kind === 'RealServerAdded').length;
    events.push(...own);
  }
  return events;
};

const added = (cluster: Cluster, { id, spec, realServers }: Declared, context: DecisionContext) =>
  serviceAdded(cluster, spec, realServers, { ...context, newVirtualServiceId: () => id });

const changed = (cluster: Cluster, service: Declared, context: DecisionContext): readonly ClusterEvent[] => {
  const { gone, kept, fresh } = membersOf(cluster, service);
  return [
    ...serviceModified(service),
    ...gone.map(({ id }) => ({ kind: 'RealServerRemoved', realServerId: id }) as const),
    ...kept.flatMap(([state, spec]) => realServerModified(state, spec)),
    ...fresh.flatMap((spec, nth) => realServerAdded(cluster, service.id, spec, cluster.nextNumber + nth, context)),
  ];
};

const serviceModified = ({ id, present, spec }: Declared): readonly ClusterEvent[] => {
  const fields = present === undefined ? [] : changedFields(present.spec, spec);
  if (fields.length === 0) return [];
  return [{ kind: 'VirtualServiceModified', virtualServiceId: id, changed: fields, service: spec }];
};

const realServerModified = (state: RealServerState, spec: RealServerSpec): readonly ClusterEvent[] => {
  const fields = changedFields(state.spec, spec);
  if (fields.length === 0) return [];
  return [{ kind: 'RealServerModified', realServerId: state.id, changed: fields, realServer: spec }];
};

const membersOf = (cluster: Cluster, { id, realServers }: Declared) => {
  const present = realServersOf(cluster, id);
  const wanted = new Map(realServers.map((spec) => [spec.label, spec]));
  const labels = new Set(present.map(({ spec }) => spec.label));
  return {
    gone: present.filter(({ spec }) => !wanted.has(spec.label)),
    kept: present.flatMap((state) => {
      const spec = wanted.get(state.spec.label);
      return spec === undefined ? [] : [[state, spec] as const];
    }),
    fresh: realServers.filter(({ label }) => !labels.has(label)),
  };
};
