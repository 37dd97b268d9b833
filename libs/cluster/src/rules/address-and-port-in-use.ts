import type { ClusterRefusal, VirtualServiceId, VirtualServiceSpec } from '@evenkeel/contracts';
import { type Cluster } from '../state/cluster.ts';
import { type Endpoint, endpointKey, endpointsOf, isSingle, meetingPort, placeKey } from '../state/endpoints.ts';
import { serviceIn } from '../state/with-service.ts';

/** An address, port and transport has one service, enabled or not. `self` is the service that may keep its own. */
export const addressAndPortInUse = (
  cluster: Cluster,
  spec: VirtualServiceSpec,
  self?: VirtualServiceId,
): ClusterRefusal | undefined => {
  for (const endpoint of endpointsOf(spec)) {
    const held = holderOf(cluster, endpoint, self);
    if (held === undefined) continue;
    const { address, transport } = endpoint;
    const { label } = serviceIn(cluster, held.by).spec;
    return {
      kind: 'address-and-port-in-use',
      ...{ address, port: held.port, transport },
      holder: { virtualServiceId: held.by, label },
      inherited: false,
    };
  }
  return undefined;
};

type Held = { readonly port: number; readonly by: VirtualServiceId };

/** Who holds one of these ports, and the lowest such port. */
const holderOf = (cluster: Cluster, endpoint: Endpoint, self: VirtualServiceId | undefined): Held | undefined => {
  const held = isSingle(endpoint) ? heldAt(cluster, endpoint) : heldAmong(cluster, endpoint);
  return held.filter(({ by }) => by !== self).toSorted((a, b) => a.port - b.port)[0];
};

/** One port is looked up. */
const heldAt = ({ endpoints, ranges }: Cluster, endpoint: Endpoint): readonly Held[] => {
  const port = endpoint.from;
  const by = endpoints.get(endpointKey(endpoint));
  const spanning = (ranges.get(placeKey(endpoint)) ?? []).filter(({ from, to }) => from <= port && port <= to);
  return [...(by === undefined ? [] : [{ port, by }]), ...spanning.map((range) => ({ port, by: range.id }))];
};

/** A range is held against every service of its address: there may be more of its ports than of those. */
const heldAmong = (cluster: Cluster, endpoint: Endpoint): readonly Held[] =>
  [...(cluster.servicesBy.address.get(endpoint.address) ?? [])].flatMap((by) =>
    endpointsOf(serviceIn(cluster, by).spec).flatMap((other) => {
      const port = meetingPort(endpoint, other);
      return port === undefined ? [] : { port, by };
    }),
  );
