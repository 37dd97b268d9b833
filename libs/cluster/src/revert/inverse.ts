import type { ClusterEvent, ClusterRefusal, RealServerId, VirtualServiceId } from '@evenkeel/contracts';
import { accept, refuse, type Result } from '@evenkeel/kernel';
import type { History } from '../decision.ts';
import type { Cluster } from '../state/cluster.ts';
import { revertRealServer } from './revert-real-server.ts';
import { revertCertificate, revertSecret } from './revert-sealed.ts';
import { revertService } from './revert-service.ts';
import { revertSettings } from './revert-settings.ts';
import { changedSince, type Step } from './step.ts';
import { realServerAlong, subjectsOf, type Timeline, timelineOf } from './timeline.ts';

/**
 * The events that take a commit back, none when that has happened already. They come of states and not of the commit's
 * own events: what it left, what it found, and what there is now.
 */
export const inverseOf = (
  cluster: Cluster,
  history: History,
  nowMs: number,
): Result<readonly ClusterEvent[], ClusterRefusal> => {
  const timeline = timelineOf(cluster, history);
  const subjects = subjectsOf(history);
  const ofServices = subjects.services.map((id) => revertService(timeline, id));
  const services = servicesAfter(ofServices, cluster);
  const ofRealServers = subjects.realServers.map((id) => {
    const step = revertRealServer(timeline, id, nowMs);
    return step.kind === 'events' ? amongServices(step.events, timeline, id, services) : step;
  });
  const ofCertificates = subjects.certificates.map((name) => revertCertificate(timeline, name));
  const ofSecrets = subjects.secrets.map((name) => revertSecret(timeline, name));
  const steps = [...ofServices, ...ofRealServers, ...ofCertificates, ...ofSecrets, revertSettings(timeline)];
  const refusal = changedSinceOf(steps, history) ?? steps.find((step) => step.kind === 'refused')?.refusal;
  return refusal === undefined ? accept(eventsIn(steps)) : refuse(refusal);
};

type Services = { readonly removed: ReadonlySet<VirtualServiceId>; has(id: VirtualServiceId): boolean };

const servicesAfter = (steps: readonly Step[], { virtualServices }: Cluster): Services => {
  const all = eventsIn(steps);
  const ids = (kind: 'VirtualServiceAdded' | 'VirtualServiceRemoved') =>
    new Set(all.flatMap((event) => (event.kind === kind ? event.virtualServiceId : [])));
  const [added, removed] = [ids('VirtualServiceAdded'), ids('VirtualServiceRemoved')];
  return { removed, has: (id) => added.has(id) || (virtualServices.has(id) && !removed.has(id)) };
};

/** A real server goes with its service without a word, and cannot come again without it. */
const amongServices = (
  facts: readonly ClusterEvent[],
  timeline: Timeline,
  id: RealServerId,
  services: Services,
): Step => {
  const { was, now } = realServerAlong(timeline, id);
  if (now !== undefined && services.removed.has(now.virtualServiceId)) return { kind: 'events', events: [] };
  const home = was?.virtualServiceId;
  if (facts.length === 0 || home === undefined || services.has(home)) return { kind: 'events', events: facts };
  return changedSince(home, timeline.was.virtualServices.get(home)?.spec.label ?? '', []);
};

const eventsIn = (steps: readonly Step[]): readonly ClusterEvent[] =>
  steps.flatMap((step) => (step.kind === 'events' ? step.events : []));

const changedSinceOf = (steps: readonly Step[], { commit, later }: History): ClusterRefusal | undefined => {
  const conflicts = steps.flatMap((step) => (step.kind === 'changed-since' ? step : []));
  if (conflicts.length === 0) return undefined;
  const entities = new Set(conflicts.map(({ entity }) => entity));
  return {
    kind: 'changed-since',
    revision: commit.revision,
    things: [...new Map(conflicts.map((one) => [one.entity, one])).values()].map(({ label, fields }) => ({
      label,
      fields: [...fields],
    })),
    by: later.filter((other) => other.entities.some((entity) => entities.has(entity))).map(({ revision }) => revision),
  };
};
