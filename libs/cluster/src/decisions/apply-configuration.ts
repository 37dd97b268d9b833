import {
  type ApplyConfiguration,
  type ClusterConfiguration,
  type ClusterEvent,
  type ClusterRefusal,
  readConfiguration,
} from '@evenkeel/contracts';
import { accept, refuse } from '@evenkeel/kernel';
import { type Declared, declaredServices } from '../declare/declared-services.ts';
import { differenceOf } from '../declare/difference.ts';
import { massRemoval } from '../declare/mass-removal.ts';
import { ownedByAnotherScope } from '../declare/owned-by-another-scope.ts';
import { servicesInScope } from '../declare/services-in-scope.ts';
import { type Decide, decided, type DecisionContext } from '../decision.ts';
import { endStateRefused } from '../rules/end-state.ts';
import { layerIsFixed } from '../rules/layer-is-fixed.ts';
import { clashAmong } from '../rules/real-server-clash.ts';
import { firstRefusal, refusalAt } from '../rules/refusal-at.ts';
import type { Cluster } from '../state/cluster.ts';
import { imagine } from '../state/imagine.ts';
import { summaryOf } from '../summary.ts';
import { touchedServices } from '../touched-services.ts';

/**
 * Makes the services of one scope what the document says, all of it or nothing. It is a whole and not a patch: fields that
 * it leaves out get their defaults, real servers that it leaves out go, and with `prune` so do services; intents and
 * enabled or disabled stay. The state at the end is judged, never one on the way (see `endStateRefused`), so no document
 * is refused because of an order.
 */
export const applyConfiguration: Decide<'ApplyConfiguration'> = (cluster, wish, context) => {
  const read = readConfiguration(wish.document);
  if (!read.ok) return read;
  const { metadata } = read.value;
  const elsewhere = forAnotherCluster(metadata, context);
  if (elsewhere !== undefined) return refuse(elsewhere);
  const declared = declaredServices(cluster, read.value, context);
  if (!declared.ok) return declared;
  const unfit = firstRefusal(declared.value, unfitByItself);
  if (unfit !== undefined) return refuse(unfit);

  const pruned = wish.prune ? undeclared(cluster, metadata.scope, declared.value) : [];
  const events = [...pruned, ...differenceOf(cluster, declared.value, context)];
  if (events.length === 0) return decided();
  const after = imagine(cluster, events);
  const refusal =
    firstRefusal(declared.value, (service) => ownedByAnotherScope(cluster, service)) ??
    endRefused(cluster, after, events, declared.value, wish, context) ??
    massRemoval(cluster, metadata.scope, events, wish, context);
  if (refusal !== undefined) return refuse(refusal);
  return accept({ events, summary: summaryOf(cluster, after, events) });
};

const forAnotherCluster = (
  { cluster }: ClusterConfiguration['metadata'],
  { clusterName }: DecisionContext,
): ClusterRefusal | undefined => {
  if (cluster === undefined || cluster === clusterName) return undefined;
  const detail = `the document is for the cluster ${cluster}, and this is ${clusterName}`;
  const expected = `"${clusterName}", or no cluster`;
  return { kind: 'invalid-input', errors: [{ pointer: '/metadata/cluster', detail, expected }] };
};

/** What must be right before the document can be compared with what is there. */
const unfitByItself = ({ at, present, spec, realServers }: Declared): ClusterRefusal | undefined => {
  const members = realServers.map((realServer, index) => ({ spec: realServer, at: `/realServers/${index}` }));
  const refusal =
    clashAmong(spec, members) ?? (present === undefined ? undefined : layerIsFixed(present, { layer: spec.layer }));
  return refusal && refusalAt(at, refusal);
};

const undeclared = (cluster: Cluster, scope: string, declared: readonly Declared[]): readonly ClusterEvent[] => {
  const named = new Set(declared.map(({ id }) => id));
  return servicesInScope(cluster, scope)
    .filter(({ id }) => !named.has(id))
    .map(({ id }) => ({ kind: 'VirtualServiceRemoved', virtualServiceId: id }));
};

const endRefused = (
  before: Cluster,
  after: Cluster,
  events: readonly ClusterEvent[],
  declared: readonly Declared[],
  wish: ApplyConfiguration,
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const byId = new Map(declared.map((service) => [service.id, service]));
  const outcome = {
    before,
    after,
    touched: touchedServices(before, events),
    at: (id: Declared['id']) => byId.get(id)?.at ?? '',
    memberAt: (id: Declared['id'], label: string) =>
      `/realServers/${byId.get(id)?.realServers.findIndex((realServer) => realServer.label === label)}`,
  };
  return endStateRefused(outcome, wish, context);
};
