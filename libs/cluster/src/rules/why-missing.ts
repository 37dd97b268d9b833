import type { ClusterEvent, ClusterRefusal, WritesConcerned } from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';
import type { Cluster } from '../state/cluster.ts';

/**
 * Refuses a write that the cluster's settings want a reason or a ticket for. What counts is what would be written: an
 * undone drain is about intents, and an intent that a new real server starts with belongs to its addition. A wish that
 * is true already writes nothing and needs neither.
 */
export const whyMissing = (
  { settings: { spec } }: Cluster,
  events: readonly ClusterEvent[],
  { hasReason, hasTicket }: Pick<DecisionContext, 'hasReason' | 'hasTicket'>,
): ClusterRefusal | undefined => {
  if (!hasReason && isConcerned(spec.reasonRequired, events)) return missing('reason', spec.reasonRequired);
  if (!hasTicket && isConcerned(spec.ticketRequired, events)) return missing('ticket', spec.ticketRequired);
  return undefined;
};

/** The same for a write that makes no commit, such as forgetting a node: it counts as one that changes configuration. */
export const whyMissingBesideBook = (
  { settings: { spec } }: Pick<Cluster, 'settings'>,
  { hasReason, hasTicket }: Pick<DecisionContext, 'hasReason' | 'hasTicket'>,
): ClusterRefusal | undefined => {
  const isWanted = (concerned: WritesConcerned): boolean => concerned === 'configuration' || concerned === 'all';
  if (!hasReason && isWanted(spec.reasonRequired)) return missing('reason', spec.reasonRequired);
  if (!hasTicket && isWanted(spec.ticketRequired)) return missing('ticket', spec.ticketRequired);
  return undefined;
};

const missing = (what: 'reason' | 'ticket', concerned: WritesConcerned): ClusterRefusal => {
  const writes = concerned === 'all' ? 'every write' : `every write that changes ${concerned}`;
  return { kind: 'reason-required', missing: what, because: `the settings want a ${what} with ${writes}` };
};

const isConcerned = (concerned: WritesConcerned, events: readonly ClusterEvent[]): boolean => {
  if (concerned === 'none') return false;
  const added = new Set(events.flatMap((event) => (event.kind === 'RealServerAdded' ? event.realServerId : [])));
  const isStart = (event: ClusterEvent): boolean => 'realServerId' in event && added.has(event.realServerId);
  const written = events.map((event) => (isStart(event) ? 'configuration' : writes[event.kind]));
  return written.some((one) => one !== 'neither' && (concerned === 'all' || concerned === one));
};

/** `neither`: says where the other events of its commit come from. */
const writes = {
  VirtualServiceAdded: 'configuration',
  VirtualServiceModified: 'configuration',
  VirtualServiceRemoved: 'configuration',
  VirtualServiceEnabled: 'configuration',
  VirtualServiceDisabled: 'configuration',
  RealServerAdded: 'configuration',
  RealServerModified: 'configuration',
  RealServerRemoved: 'configuration',
  RealServerDrainStarted: 'intents',
  RealServerHalted: 'intents',
  RealServerBroughtOnline: 'intents',
  BlueprintInstantiated: 'neither',
  CommitReverted: 'neither',
  ClusterSettingsChanged: 'configuration',
  CertificateStored: 'configuration',
  CertificateReplaced: 'configuration',
  CertificateRemoved: 'configuration',
  SecretStored: 'configuration',
  SecretReplaced: 'configuration',
  SecretRemoved: 'configuration',
} as const satisfies Record<ClusterEvent['kind'], 'configuration' | 'intents' | 'neither'>;
