import type { ClusterName, NodeName } from './ids.ts';
import { LogName } from './book/commit.ts';
import type { JournalKind, JournalRecord } from './journal/record.ts';

// Every name on the bus. One wildcard per reader at most: NATS 2.9 takes one filter per consumer.

/** The log of one cluster. */
export const clusterLog = (cluster: ClusterName): LogName => LogName.parse(`cluster:${cluster}`);

/** JetStream: one message per commit. Its stream sequence IS the revision; only the relay writes. */
export const configStream = 'EVENKEEL_CONFIG';
export const configSubject = (cluster: ClusterName): string => `evenkeel.config.${cluster}`;
/** Header of a commit message: the hash of its payload. */
export const hashHeader = 'Evenkeel-Hash';

/** JetStream: what happened in operation, kept for a time. Whoever saw it writes; its stream sequence is its place. */
export const journalStream = 'EVENKEEL_JOURNAL';
export const journalSubject = (cluster: ClusterName, record: JournalRecord): string => {
  const { node, kind } = record;
  const about = kind === 'verdict-changed' ? `.${record.virtualService.id}.${record.realServer.id}` : '';
  return `evenkeel.journal.${cluster}.${node}.${kind}${about}`;
};
export const journalOf = (cluster: ClusterName): string => `evenkeel.journal.${cluster}.>`;
/** Records of one kind that say nothing of a real server. */
export const journalOfKind = (cluster: ClusterName, kind: JournalKind): string =>
  `evenkeel.journal.${cluster}.*.${kind}`;
/** How verdicts changed: all, or those about one service, or about one real server. */
export const verdictsInJournal = (
  cluster: ClusterName,
  { virtualServiceId = '*', realServerId = '*' }: { virtualServiceId?: string; realServerId?: string } = {},
): string => `evenkeel.journal.${cluster}.*.verdict-changed.${virtualServiceId}.${realServerId}`;

/** JetStream key-value: verdicts by real server id. */
export const verdictBucket = 'EVENKEEL_VERDICTS';

/** Core NATS: what checkers tell each other (`Ballot`). Not kept: whoever has missed something asks again. */
export const ballotSubject = (cluster: ClusterName): string => `evenkeel.ballot.${cluster}`;

/**
 * JetStream key-value, one bucket for each cluster: its nodes by name. A bucket's name takes letters, digits, "_" and "-",
 * which is what a cluster's name is made of.
 */
export const nodeBucket = (cluster: ClusterName): string => `EVENKEEL_NODES_${cluster}`;

/** Core NATS: what nodes have seen applied. Repeated every second, so a late reader is soon right. */
export const reportSubject = (cluster: ClusterName, node: NodeName): string => `evenkeel.report.${cluster}.${node}`;
export const reportsOf = (cluster: ClusterName): string => `evenkeel.report.${cluster}.*`;
/** Core NATS: somebody who has just come wants every node to report now. */
export const reportsWantedSubject = (cluster: ClusterName): string => `evenkeel.reports-wanted.${cluster}`;
/** Core NATS: live counts. */
export const sampleSubject = (cluster: ClusterName, node: NodeName): string => `evenkeel.sample.${cluster}.${node}`;
export const samplesOf = (cluster: ClusterName): string => `evenkeel.sample.${cluster}.*`;

/** Core NATS, request and reply: what a node says of a configuration that it does not run yet. */
export const trialSubject = (cluster: ClusterName, node: NodeName): string => `evenkeel.trial.${cluster}.${node}`;

/** Core NATS: clients of layer 4 that a node has come to know, for all other nodes. */
export const clientsSubject = (cluster: ClusterName, node: NodeName): string => `evenkeel.clients.${cluster}.${node}`;
export const clientsOf = (cluster: ClusterName): string => `evenkeel.clients.${cluster}.*`;
/** Core NATS: a node that has just come wants to know all of them. */
export const clientsWantedSubject = (cluster: ClusterName, node: NodeName): string =>
  `evenkeel.clients-wanted.${cluster}.${node}`;
export const clientsWantedOf = (cluster: ClusterName): string => `evenkeel.clients-wanted.${cluster}.*`;
/** Core NATS: the answers, for that node alone. */
export const clientsForSubject = (cluster: ClusterName, node: NodeName): string =>
  `evenkeel.clients-for.${cluster}.${node}`;

/** Core NATS: what nodes say of their part in the election (`HaStatus`). Repeated every second. */
export const haStatusSubject = (cluster: ClusterName, node: NodeName): string =>
  `evenkeel.ha.${cluster}.status.${node}`;
export const haStatusesOf = (cluster: ClusterName): string => `evenkeel.ha.${cluster}.status.*`;
/** Core NATS: somebody who has just come wants every node to say it now. */
export const haStatusWantedSubject = (cluster: ClusterName): string => `evenkeel.ha.${cluster}.status-wanted`;

/** Core NATS: signed heartbeats for one node, the same bytes as over UDP. Not JSON. */
export const heartbeatSubject = (cluster: ClusterName, to: NodeName): string =>
  `evenkeel.ha.${cluster}.heartbeat.${to}`;

/** Core NATS, request and reply: what somebody wants of a node's part in the election (`HaQuestion`, `HaAnswer`). */
export const haAskSubject = (cluster: ClusterName, node: NodeName): string => `evenkeel.ha.${cluster}.ask.${node}`;

/** Request-reply patterns that `config` answers (Nest `@MessagePattern`). */
export const rpc = {
  command: 'evenkeel.rpc.config.command',
  rehearse: 'evenkeel.rpc.config.rehearse',
  commits: 'evenkeel.rpc.config.commits',
  find: 'evenkeel.rpc.config.find',
  snapshot: 'evenkeel.rpc.config.snapshot',
  state: 'evenkeel.rpc.config.state',
  keepMaterial: 'evenkeel.rpc.config.keep-material',
  material: 'evenkeel.rpc.config.material',
  token: 'evenkeel.rpc.config.token',
} as const;

/** Request-reply: a check is run now, by the checker of this name. */
export const runCheckPattern = (checker: string): string => `evenkeel.rpc.health.run-check.${checker}`;
