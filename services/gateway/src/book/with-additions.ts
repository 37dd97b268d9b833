import { type Cluster, type Occasion, withEvent } from '@evenkeel/cluster';
import type { ClusterEvent } from '@evenkeel/contracts';

/**
 * A copy of the book that is behind, with what a newer commit has added: whoever adds something wants to know its id, also
 * when the commit itself has not come here yet. What was added to something that is not here either is left out.
 */
export const withAdditions = (cluster: Cluster, events: readonly ClusterEvent[], occasion: Occasion): Cluster =>
  events.reduce((state, event) => (isAddition(event, state) ? withEvent(state, event, occasion) : state), cluster);

const isAddition = (event: ClusterEvent, { virtualServices, realServers }: Cluster): boolean => {
  if (event.kind === 'VirtualServiceAdded') return !virtualServices.has(event.virtualServiceId);
  return (
    event.kind === 'RealServerAdded' &&
    virtualServices.has(event.virtualServiceId) &&
    !realServers.has(event.realServerId)
  );
};
