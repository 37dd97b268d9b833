import type { ClusterEvent, Revision } from '@evenkeel/contracts';
import type { Cluster } from './cluster.ts';
import { type Occasion, withEvent } from './evolve.ts';

/** The cluster as it would be after `events`, for looking at. Who made it, when, and its versions mean nothing. */
export const imagine = (cluster: Cluster, events: readonly ClusterEvent[]): Cluster =>
  events.reduce((state, event) => withEvent(state, event, imaginedOccasion), cluster);

const imaginedOccasion: Occasion = {
  revision: 0 as Revision,
  time: '1970-01-01T00:00:00.000Z',
  actor: { name: 'imagined', kind: 'system', authenticatedBy: 'nobody' },
  reason: undefined,
};
