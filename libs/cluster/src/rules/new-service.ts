import type {
  ClusterEvent,
  ClusterRefusal,
  RealServerSpec,
  VirtualServiceId,
  VirtualServiceSpec,
} from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';
import type { Cluster } from '../state/cluster.ts';
import { addressAndPortInUse } from './address-and-port-in-use.ts';
import { fallbackOnServiceAddress, realServerOnServiceAddress, serviceOnRealServerAddress } from './address-loop.ts';
import { certificatesRefused } from './certificates.ts';
import { checkMisfits } from './check-fits.ts';
import { followRefused } from './follow.ts';
import { labelInUse } from './label-in-use.ts';
import { portReserved } from './port-reserved.ts';
import { clashAmong, type Member } from './real-server-clash.ts';
import { misfitsOf } from './real-server-fits.ts';
import { firstRefusal, refusalAt } from './refusal-at.ts';
import { routesRefused } from './routes.ts';
import { secretRefused } from './secrets.ts';
import { startingIntent } from './starting-intent.ts';

/** Why the cluster cannot have this service beside those it has; undefined when it can. */
export const newServiceRefused = (
  cluster: Cluster,
  service: VirtualServiceSpec,
  realServers: readonly RealServerSpec[],
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const members = realServers.map((spec, index) => ({ spec, at: `/realServers/${index}` }));
  return (
    followRefused(cluster, service) ??
    routesRefused(
      cluster,
      service,
      realServers.map(({ label }) => label),
    ) ??
    certificatesRefused(cluster, service) ??
    secretRefused(cluster, service) ??
    portReserved(service.ports, context) ??
    placeRefused(cluster, service, members)
  );
};

/** Why there is no place for it: its parts do not fit each other, or something else has its label, port or address. */
export const placeRefused = (
  cluster: Cluster,
  service: VirtualServiceSpec,
  realServers: readonly Member[],
): ClusterRefusal | undefined =>
  misfits(service, realServers) ??
  labelInUse(cluster, service) ??
  addressAndPortInUse(cluster, service) ??
  serviceOnRealServerAddress(
    cluster,
    service,
    realServers.map(({ spec }) => spec),
  ) ??
  fallbackOnServiceAddress(cluster, service) ??
  firstRefusal(realServers, ({ spec, at = '' }) => {
    const refusal = realServerOnServiceAddress(cluster, spec);
    return refusal && refusalAt(at, refusal);
  }) ??
  clashAmong(service, realServers);

const misfits = (service: VirtualServiceSpec, realServers: readonly Member[]): ClusterRefusal | undefined => {
  const ofMembers = realServers.flatMap(({ spec, at = '' }) => misfitsOf(service, spec, at));
  const errors = [...checkMisfits(service), ...ofMembers];
  return errors.length === 0 ? undefined : { kind: 'invalid-combination', errors };
};

/** The facts of a new service and its real servers, with new ids and the next numbers. */
export const serviceAdded = (
  cluster: Cluster,
  service: VirtualServiceSpec,
  realServers: readonly RealServerSpec[],
  context: DecisionContext,
  duplicatedFrom?: VirtualServiceId,
): readonly ClusterEvent[] => {
  const virtualServiceId = context.newVirtualServiceId();
  const number = cluster.nextNumber;
  const origin = duplicatedFrom === undefined ? {} : { duplicatedFrom };
  return [
    { kind: 'VirtualServiceAdded', virtualServiceId, number, service, ...origin },
    ...realServers.flatMap((realServer, index) =>
      realServerAdded(cluster, virtualServiceId, realServer, number + 1 + index, context),
    ),
  ];
};

/** The facts of a new real server: itself, and the intent that its machine has. */
export const realServerAdded = (
  cluster: Cluster,
  virtualServiceId: VirtualServiceId,
  realServer: RealServerSpec,
  number: number,
  context: DecisionContext,
): readonly ClusterEvent[] => {
  const realServerId = context.newRealServerId();
  return [
    { kind: 'RealServerAdded', virtualServiceId, realServerId, number, realServer },
    ...startingIntent(cluster, realServerId, realServer.address),
  ];
};
