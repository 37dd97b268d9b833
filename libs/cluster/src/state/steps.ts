import type { ClusterEvent, VirtualServiceId } from '@evenkeel/contracts';
import { touchedServices } from '../touched-services.ts';
import type { Cluster } from './cluster.ts';

/** The collections that services and real servers are in. */
type Collections = Pick<Cluster, 'virtualServices' | 'realServers' | 'members'>;

/** One event, and the collections as it left them: by these a state is found again. */
export type Step = { readonly event: ClusterEvent; readonly made: Collections };

/** Enough for a reader that looks after every commit, and for one that was busy for a moment. */
const stepsMax = 64;

/** `after`, which `event` made of `before`, with that step remembered. */
export const stepped = (before: Cluster, event: ClusterEvent, after: Cluster): Cluster => {
  const { virtualServices, realServers, members } = after;
  const step = { event, made: { virtualServices, realServers, members } };
  return { ...after, steps: [...before.steps.slice(1 - stepsMax), step] };
};

/**
 * The services that differ between two states, themselves or in their real servers, and perhaps some that do not differ.
 * Costs what has changed. Undefined when the way from one to the other is not remembered: then compare them.
 */
export const changedServices = (before: Cluster, after: Cluster): ReadonlySet<VirtualServiceId> | undefined => {
  if (isSame(before, after)) return new Set();
  const last = after.steps.at(-1);
  if (last === undefined || !isSame(last.made, after)) return undefined;
  const start = after.steps.findLastIndex(({ made }) => isSame(made, before));
  if (start === -1) return undefined;
  const events = after.steps.slice(start + 1).map(({ event }) => event);
  return new Set(touchedServices(before, events));
};

const isSame = (one: Collections, other: Collections): boolean =>
  one.virtualServices === other.virtualServices &&
  one.realServers === other.realServers &&
  one.members === other.members;
