import type { ClusterEvent, RealServerId } from '@evenkeel/contracts';
import { type Cluster, realServersOf } from './state/cluster.ts';
import { realServerIn } from './state/with-real-server.ts';

/** The cluster's settings in the audit index. */
export const settingsEntity = 'settings';

export const certificateEntity = (name: string): string => `certificate:${name}`;
export const secretEntity = (name: string): string => `secret:${name}`;

/**
 * Everything that `events` say something about, sorted: the audit index of their commit. Ids of virtual services and of
 * real servers, machines as `machine:<address>`, certificates as
 * `certificate:<name>`, secrets as `secret:<name>`, and `settings`. A real server's events touch its service and its machine as well; a
 * new address touches both machines. `cluster` is the state before the events.
 */
export const touched = (cluster: Cluster, events: readonly ClusterEvent[]): string[] => {
  const entities = new Set<string>();
  for (const event of events) for (const entity of entitiesOf(event, cluster, events)) entities.add(entity);
  return [...entities].toSorted();
};

const entitiesOf = (event: ClusterEvent, cluster: Cluster, all: readonly ClusterEvent[]): readonly string[] => {
  switch (event.kind) {
    case 'VirtualServiceAdded':
    case 'VirtualServiceModified':
    case 'VirtualServiceEnabled':
    case 'VirtualServiceDisabled':
      return [event.virtualServiceId];
    case 'VirtualServiceRemoved': {
      const members = realServersOf(cluster, event.virtualServiceId);
      return [event.virtualServiceId, ...members.flatMap(({ id, spec }) => [id, machine(spec.address)])];
    }
    case 'RealServerAdded':
      return [event.realServerId, event.virtualServiceId, machine(event.realServer.address)];
    case 'RealServerModified':
      return [...placesOf(event.realServerId, cluster, all), machine(event.realServer.address)];
    case 'RealServerRemoved':
    case 'RealServerDrainStarted':
    case 'RealServerHalted':
    case 'RealServerBroughtOnline':
      return placesOf(event.realServerId, cluster, all);
    case 'ClusterSettingsChanged':
      return [settingsEntity];
    case 'CertificateStored':
    case 'CertificateReplaced':
    case 'CertificateRemoved':
      return [certificateEntity(event.certificate)];
    case 'SecretStored':
    case 'SecretReplaced':
    case 'SecretRemoved':
      return [secretEntity(event.secret)];
    case 'BlueprintInstantiated':
    case 'CommitReverted':
      return [];
    default:
      return event satisfies never;
  }
};

/** One that is made in the same commit is not in the cluster yet; the event that makes it names its places. */
const placesOf = (id: RealServerId, cluster: Cluster, all: readonly ClusterEvent[]): readonly string[] => {
  const isNew = all.some((event) => event.kind === 'RealServerAdded' && event.realServerId === id);
  if (isNew) return [id];
  const { virtualServiceId, spec } = realServerIn(cluster, id);
  return [id, virtualServiceId, machine(spec.address)];
};

const machine = (address: string): string => `machine:${address}`;
