import type { ChangeSummary, ClusterEvent, RealServerId, VirtualServiceId } from '@evenkeel/contracts';
import type { Cluster } from './state/cluster.ts';
import { realServerIn } from './state/with-real-server.ts';
import { serviceIn } from './state/with-service.ts';

type Lines = {
  readonly [List in keyof ChangeSummary]?: ChangeSummary[List];
};
type Place = ChangeSummary['added'][number];

/** What `events` do, by label: the state after them names what is there, the one before them what is gone. */
export const summaryOf = (before: Cluster, after: Cluster, events: readonly ClusterEvent[]): ChangeSummary => {
  const isNew = (id: RealServerId): boolean => !before.realServers.has(id);
  const lines = events.map((event) => linesOf(event, before, after, isNew));
  return {
    added: lines.flatMap(({ added = [] }) => added),
    changed: lines.flatMap(({ changed = [] }) => changed),
    removed: lines.flatMap(({ removed = [] }) => removed),
  };
};

const linesOf = (event: ClusterEvent, before: Cluster, after: Cluster, isNew: (id: RealServerId) => boolean): Lines => {
  switch (event.kind) {
    case 'VirtualServiceAdded':
      return { added: [{ virtualService: event.service.label }] };
    case 'VirtualServiceModified':
      return { changed: [{ ...serviceNamed(after, event.virtualServiceId), fields: event.changed }] };
    case 'VirtualServiceRemoved':
      return { removed: [serviceNamed(before, event.virtualServiceId)] };
    case 'VirtualServiceEnabled':
    case 'VirtualServiceDisabled': {
      const { virtualServiceId: id } = event;
      return before.virtualServices.has(id) ? { changed: [{ ...serviceNamed(after, id), fields: ['enabled'] }] } : {};
    }
    case 'RealServerAdded':
      return before.virtualServices.has(event.virtualServiceId)
        ? { added: [realServerNamed(after, event.realServerId)] }
        : {};
    case 'RealServerModified':
      return { changed: [{ ...realServerNamed(after, event.realServerId), fields: event.changed }] };
    case 'RealServerRemoved':
      return { removed: [realServerNamed(before, event.realServerId)] };
    case 'RealServerDrainStarted':
    case 'RealServerHalted':
    case 'RealServerBroughtOnline': {
      const { realServerId: id } = event;
      return isNew(id) ? {} : { changed: [{ ...realServerNamed(after, id), fields: ['intent'] }] };
    }
    case 'ClusterSettingsChanged':
      return { changed: [{ fields: event.changed }] };
    case 'CertificateStored':
    case 'CertificateReplaced':
    case 'CertificateRemoved':
      return { changed: [{ fields: [`certificate ${event.certificate}`] }] };
    case 'SecretStored':
    case 'SecretReplaced':
    case 'SecretRemoved':
      return { changed: [{ fields: [`secret ${event.secret}`] }] };
    case 'BlueprintInstantiated':
    case 'CommitReverted':
      return {};
    default:
      return event satisfies never;
  }
};

const serviceNamed = (cluster: Cluster, id: VirtualServiceId): Place => ({
  virtualService: serviceIn(cluster, id).spec.label,
});

const realServerNamed = (cluster: Cluster, id: RealServerId): Place => {
  const { virtualServiceId, spec } = realServerIn(cluster, id);
  return { ...serviceNamed(cluster, virtualServiceId), realServer: spec.label };
};
