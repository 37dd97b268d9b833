import {
  type ClusterRefusal,
  fallbackOf,
  type RealServerSpec,
  type VirtualServiceId,
  type VirtualServiceSpec,
} from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import type { Cluster } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';
import { refusalAt } from './refusal-at.ts';

// A real server, or a fallback, at the address of a virtual service would send traffic in a circle.

/** A real server must not have the address of any service of the cluster. */
export const realServerOnServiceAddress = (cluster: Cluster, { address }: RealServerSpec): ClusterRefusal | undefined =>
  addressOfService(cluster, address);

const addressOfService = (cluster: Cluster, address: string): ClusterRefusal | undefined => {
  const listening = cluster.servicesBy.address.get(address);
  if (listening === undefined) return undefined;
  const [oldest] = [...listening].map((id) => serviceIn(cluster, id)).toSorted((a, b) => a.number - b.number);
  assert(oldest !== undefined, 'a group is never empty');
  return {
    kind: 'address-loop',
    address,
    virtualService: { virtualServiceId: oldest.id, label: oldest.spec.label },
  };
};

/** A service must not listen on the address of a real server or a fallback: of the cluster, or of its own new ones. `id` once it has one. */
export const serviceOnRealServerAddress = (
  cluster: Cluster,
  { address, label }: VirtualServiceSpec,
  realServers: readonly RealServerSpec[],
  id?: VirtualServiceId,
): ClusterRefusal | undefined => {
  const isTaken =
    cluster.machines.has(address) ||
    cluster.servicesBy.fallback.has(address) ||
    realServers.some((realServer) => realServer.address === address);
  if (!isTaken) return undefined;
  return {
    kind: 'address-loop',
    address,
    virtualService: id === undefined ? { label } : { virtualServiceId: id, label },
  };
};

/** A fallback must not have the address of any service either, its own included. */
export const fallbackOnServiceAddress = (cluster: Cluster, spec: VirtualServiceSpec): ClusterRefusal | undefined => {
  const fallback = fallbackOf(spec);
  if (fallback?.kind !== 'server') return undefined;
  const { address } = fallback;
  const own: ClusterRefusal = { kind: 'address-loop', address, virtualService: { label: spec.label } };
  const refusal = address === spec.address ? own : addressOfService(cluster, address);
  return refusal && refusalAt('/fallback', refusal);
};
