import {
  type ClusterEvent,
  type Commit,
  completeRealServer,
  completeService,
  defaultSettings,
  type Hash,
  type RealServerState,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import type { Cluster } from './cluster.ts';
import { stepped } from './steps.ts';
import { addRealServer, realServerIn, removeRealServer, replaceRealServer } from './with-real-server.ts';
import { addService, removeService, replaceService, serviceIn } from './with-service.ts';

/** The cluster after `commit`. One that it already holds changes nothing; a gap or a broken chain is a `Bug`. */
export const evolve = (cluster: Cluster, commit: Commit, hash: Hash): Cluster => {
  const { log, revision, previousHash, events } = commit;
  if (revision <= cluster.revision) return cluster; // delivered again
  assert(revision === cluster.revision + 1, `${log} has a gap before revision ${revision}`);
  assert(previousHash === cluster.hash, `${log} revision ${revision} does not continue our history`);
  const after = events.reduce((state, event) => withEvent(state, event, commit), cluster);
  return { ...after, revision, hash };
};

/**
 * A commit holds a fact that this process does not know: a newer one wrote it. Skipping it would show a cluster that
 * nobody ordered, so the fold stops; upgrade this process.
 */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';

  constructor(readonly kind: string) {
    super(`this version does not know the event ${kind}`);
  }
}

/** What an event needs to know of its commit: who, when, why, and the revision that it will have. */
export type Occasion = Pick<Commit, 'revision' | 'time' | 'actor' | 'reason'>;

/** The cluster after one event; revision and hash stay. A fact about an unknown thing is a `Bug`. Throws `UnknownEvent`. */
export const withEvent = (cluster: Cluster, event: ClusterEvent, occasion: Occasion): Cluster =>
  stepped(cluster, event, changed(cluster, event, occasion));

const changed = (cluster: Cluster, event: ClusterEvent, occasion: Occasion): Cluster => {
  switch (event.kind) {
    case 'VirtualServiceAdded': {
      const { virtualServiceId: id, number, service, duplicatedFrom } = event;
      const spec = completeService(service);
      const origin = duplicatedFrom === undefined ? {} : { duplicatedFrom };
      return addService(cluster, { id, number, spec, enabled: true, ...origin, version: occasion.revision });
    }
    case 'VirtualServiceModified': {
      const before = serviceIn(cluster, event.virtualServiceId);
      return replaceService(cluster, before, {
        ...before,
        spec: completeService(event.service),
        version: occasion.revision,
      });
    }
    case 'VirtualServiceRemoved':
      return removeService(cluster, serviceIn(cluster, event.virtualServiceId));
    case 'VirtualServiceEnabled': {
      const before = serviceIn(cluster, event.virtualServiceId);
      return replaceService(cluster, before, enabled(before, occasion));
    }
    case 'VirtualServiceDisabled': {
      const before = serviceIn(cluster, event.virtualServiceId);
      return replaceService(cluster, before, disabled(before, occasion));
    }
    case 'RealServerAdded': {
      const { realServerId: id, virtualServiceId, number, realServer } = event;
      const unset = { id, virtualServiceId, number, spec: completeRealServer(realServer) };
      return addRealServer(cluster, intended(unset, { intent: 'online' }, occasion));
    }
    case 'RealServerModified': {
      const before = realServerIn(cluster, event.realServerId);
      const spec = completeRealServer(event.realServer);
      return replaceRealServer(cluster, before, { ...before, spec, version: occasion.revision });
    }
    case 'RealServerRemoved':
      return removeRealServer(cluster, realServerIn(cluster, event.realServerId));
    case 'RealServerDrainStarted': {
      const before = realServerIn(cluster, event.realServerId);
      const end = event.deadline === undefined ? {} : { deadline: event.deadline };
      const intent = { intent: 'drain', clients: event.clients, ...end, ...untilIn(event) } as const;
      return replaceRealServer(cluster, before, intended(before, intent, occasion));
    }
    case 'RealServerHalted': {
      const before = realServerIn(cluster, event.realServerId);
      const intent = { intent: 'halt', connections: event.connections, ...untilIn(event) } as const;
      return replaceRealServer(cluster, before, intended(before, intent, occasion));
    }
    case 'RealServerBroughtOnline': {
      const before = realServerIn(cluster, event.realServerId);
      return replaceRealServer(cluster, before, intended(before, { intent: 'online' }, occasion));
    }
    case 'ClusterSettingsChanged': {
      // An event of old lacks what was added since, and stored events are not parsed.
      const spec = { ...defaultSettings, ...event.settings };
      return { ...cluster, settings: { spec, version: occasion.revision } };
    }
    case 'CertificateStored':
    case 'CertificateReplaced': {
      const { certificate: name, facts } = event;
      return { ...cluster, certificates: cluster.certificates.set(name, { name, facts, version: occasion.revision }) };
    }
    case 'CertificateRemoved':
      return { ...cluster, certificates: cluster.certificates.delete(event.certificate) };
    case 'SecretStored':
    case 'SecretReplaced': {
      const { secret: name, facts } = event;
      return { ...cluster, secrets: cluster.secrets.set(name, { name, facts, version: occasion.revision }) };
    }
    case 'SecretRemoved':
      return { ...cluster, secrets: cluster.secrets.delete(event.secret) };
    case 'BlueprintInstantiated':
    case 'CommitReverted':
      return cluster; // its commit holds the events that matter here
    default:
      throw new UnknownEvent((event satisfies never as ClusterEvent).kind);
  }
};

const because = (reason: string | undefined): { reason?: string } => (reason === undefined ? {} : { reason });

const saying = (reason: string | undefined): { intentReason?: string } =>
  reason === undefined ? {} : { intentReason: reason };

const untilIn = ({ until }: { readonly until?: string | undefined }): { until?: string } =>
  until === undefined ? {} : { until };

const enabled = (before: VirtualServiceState, { revision }: Occasion): VirtualServiceState => {
  const after = { ...before, enabled: true, version: revision };
  delete after.disabled;
  return after;
};

const disabled = (before: VirtualServiceState, { revision, time, actor, reason }: Occasion): VirtualServiceState => ({
  ...before,
  enabled: false,
  disabled: { by: actor.name, since: time, ...because(reason) },
  version: revision,
});

/** With a new intent. The reason belongs to the intent that it came with, so an older one does not stay. */
const intended = (
  { id, virtualServiceId, number, spec }: Pick<RealServerState, 'id' | 'virtualServiceId' | 'number' | 'spec'>,
  intent: RealServerState['intent'],
  { revision, time, actor, reason }: Occasion,
): RealServerState => {
  const wish = { intent, intentSince: time, intentBy: actor.name, ...saying(reason), intentRevision: revision };
  return { id, virtualServiceId, number, spec, ...wish, version: revision };
};
