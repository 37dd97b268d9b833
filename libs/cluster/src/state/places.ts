import type { VirtualServiceId, VirtualServiceState } from '@evenkeel/contracts';
import { Map } from 'immutable';
import type { Cluster } from './cluster.ts';
import { endpointKey, endpointsOf, isSingle, placeKey } from './endpoints.ts';

/** The indexes that tell who listens where. */
type Places = Pick<Cluster, 'endpoints' | 'ranges'>;

/** Those of all these. */
export const placesOf = (services: readonly VirtualServiceState[]): Places => {
  const held = services.flatMap(({ id, spec }) => endpointsOf(spec).map((endpoint) => ({ ...endpoint, id })));
  const spans = Object.groupBy(
    held.filter((endpoint) => !isSingle(endpoint)),
    placeKey,
  );
  return {
    endpoints: Map(held.filter(isSingle).map((endpoint) => [endpointKey(endpoint), endpoint.id])),
    ranges: Map(
      Object.entries(spans).map(([place, ranges = []]) => [
        place,
        ranges.map(({ from, to, id }) => ({ from, to, id })),
      ]),
    ),
  };
};

export const occupied = ({ endpoints, ranges }: Places, { id, spec }: VirtualServiceState): Places => {
  const all = endpointsOf(spec);
  const spans = all.filter((endpoint) => !isSingle(endpoint));
  return {
    endpoints: endpoints.withMutations((map) =>
      all.filter(isSingle).forEach((endpoint) => map.set(endpointKey(endpoint), id)),
    ),
    ranges: spans.reduce((map, endpoint) => {
      const { from, to } = endpoint;
      return map.update(placeKey(endpoint), [], (held) => [...held, { from, to, id }]);
    }, ranges),
  };
};

/**
 * Gives back what it still has. Within one commit two services may swap their ports: the one that comes first holds both
 * for a moment, and what it has taken from the other is no longer the other's to give.
 */
export const released = ({ endpoints, ranges }: Places, { id, spec }: VirtualServiceState): Places => {
  const all = endpointsOf(spec);
  const keys = all.filter(isSingle).map(endpointKey);
  const places = new Set(all.filter((endpoint) => !isSingle(endpoint)).map(placeKey));
  return {
    endpoints: endpoints.deleteAll(keys.filter((key) => endpoints.get(key) === id)),
    ranges: [...places].reduce((map, place) => withoutHolder(map, place, id), ranges),
  };
};

const withoutHolder = (ranges: Places['ranges'], place: string, id: VirtualServiceId): Places['ranges'] => {
  const others = (ranges.get(place) ?? []).filter((range) => range.id !== id);
  return others.length === 0 ? ranges.delete(place) : ranges.set(place, others);
};
