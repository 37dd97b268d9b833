// Every metric of ours: names and units as OpenTelemetry writes them. No label for a user, a client's address or a
// revision: their values never end.

/** What a metric is and which labels it has. Labels hold few values, or names from the book. */
export type Metric = {
  readonly name: string;
  /** `watched-counter`: somebody else counts, and it is read when the metrics are. */
  readonly kind: 'counter' | 'watched-counter' | 'histogram' | 'gauge';
  /** UCUM: `s` for seconds, `{commit}` for things that are counted. */
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly string[];
};

export const metricNames = {
  // config
  commandDuration: {
    name: 'evenkeel.command.duration',
    kind: 'histogram',
    unit: 's',
    description: 'From a command in to its answer out, as config sees it',
    labels: ['command', 'outcome'],
  },
  commits: {
    name: 'evenkeel.commits',
    kind: 'counter',
    unit: '{commit}',
    description: 'Commits that this process stored in the book',
    labels: [],
  },
  appendWait: {
    name: 'evenkeel.append.wait',
    kind: 'histogram',
    unit: 's',
    description: 'How long one append waited for Postgres; many commits may share one',
    labels: ['outcome'],
  },
  relayLag: {
    name: 'evenkeel.relay.lag',
    kind: 'gauge',
    unit: '{commit}',
    description: 'Commits in the book that the stream is not known to hold',
    labels: [],
  },
  relayDelay: {
    name: 'evenkeel.relay.delay',
    kind: 'gauge',
    unit: 's',
    description: 'For how long the stream has lacked commits of the book',
    labels: [],
  },
  drainsHeldUp: {
    name: 'evenkeel.drains.held_up',
    kind: 'gauge',
    unit: '{real_server}',
    description: 'Drains that are past their deadline, and not halted because nobody else of the service is available',
    labels: [],
  },
  sseClients: {
    name: 'evenkeel.sse.clients',
    kind: 'gauge',
    unit: '{client}',
    description: 'Open streams of events',
    labels: [],
  },
  // gateway and proxy
  nodeRevision: {
    name: 'evenkeel.node.revision',
    kind: 'gauge',
    unit: '{revision}',
    description: 'head: newest revision of the book as the gateway knows it; seen: newest one that the node runs',
    labels: ['node', 'kind'],
  },
  nodeConvergence: {
    name: 'evenkeel.node.convergence',
    kind: 'histogram',
    unit: 's',
    description: 'From a commit in the book to a report that the node was seen to run it, as the gateway hears it',
    labels: ['node'],
  },
  nodeLag: {
    name: 'evenkeel.node.lag',
    kind: 'gauge',
    unit: 's',
    description: 'For how long the node has lacked a commit of the book; 0 when it runs them all',
    labels: ['node'],
  },
  nodeReportAge: {
    name: 'evenkeel.node.report.age',
    kind: 'gauge',
    unit: 's',
    description: 'Since the gateway last heard the node',
    labels: ['node'],
  },
  panic: {
    name: 'evenkeel.panic',
    kind: 'gauge',
    unit: '1',
    description:
      '1 while a service is in panic: too few of its real servers pass their checks, and all or none of them serve; 0 while ' +
      'one that would panic is not',
    labels: ['proxy', 'service', 'then'],
  },
  votesSplit: {
    name: 'evenkeel.votes.split',
    kind: 'gauge',
    unit: '{real_server}',
    description:
      'Real servers of a service of which its checkers have seen different things; nothing while one asks alone',
    labels: ['proxy', 'service'],
  },
  nodeDrift: {
    name: 'evenkeel.node.drift',
    kind: 'counter',
    unit: '{repair}',
    description: 'What somebody else had changed on this node and was put right',
    labels: ['node'],
  },
  journalLost: {
    name: 'evenkeel.journal.lost',
    kind: 'counter',
    unit: '{record}',
    description: 'Journal records that a node gave up while the bus was away for long',
    labels: ['node'],
  },
  reloadCount: {
    name: 'evenkeel.reload.count',
    kind: 'counter',
    unit: '{reload}',
    description: 'Reloads and starts of HAProxy, by what came of them and what they were for',
    labels: ['result', 'reason'],
  },
  reloadDuration: {
    name: 'evenkeel.reload.duration',
    kind: 'histogram',
    unit: 's',
    description: 'From a new configuration in to a new worker that serves, or to its refusal',
    labels: ['result'],
  },
  oldWorkers: {
    name: 'evenkeel.haproxy.old_workers',
    kind: 'gauge',
    unit: '{worker}',
    description: 'HAProxy workers of earlier configurations that still finish connections',
    labels: ['node'],
  },
  oldWorkerAge: {
    name: 'evenkeel.haproxy.old_workers.age',
    kind: 'gauge',
    unit: 's',
    description: 'Since the oldest of them was started; 0 without any',
    labels: ['node'],
  },
  oldWorkerConnections: {
    name: 'evenkeel.haproxy.old_workers.connections',
    kind: 'gauge',
    unit: '{connection}',
    description: 'Connections of clients that hold them',
    labels: ['node'],
  },
  sessions: {
    name: 'evenkeel.sessions',
    kind: 'watched-counter',
    unit: '{session}',
    description: 'Sessions of a service (server is empty) and of each real server. Goes on through reloads of HAProxy',
    labels: ['node', 'proxy', 'server', 'service'],
  },
  traffic: {
    name: 'evenkeel.traffic',
    kind: 'watched-counter',
    unit: 'By',
    description:
      'Bytes in (from clients) and out (to clients), labelled as sessions. Goes on through reloads of HAProxy',
    labels: ['node', 'proxy', 'server', 'service', 'direction'],
  },
  trafficErrors: {
    name: 'evenkeel.traffic.errors',
    kind: 'watched-counter',
    unit: '{error}',
    description: 'Of a service: requests that were none. Of a real server: connections and answers that failed',
    labels: ['node', 'proxy', 'server', 'service'],
  },
  steps: {
    name: 'evenkeel.steps',
    kind: 'counter',
    unit: '{step}',
    description: 'Steps that need no reload: HAProxy commands and nftables transactions',
    labels: ['kind', 'result'],
  },
  clientsShared: {
    name: 'evenkeel.l4.clients.shared',
    kind: 'counter',
    unit: '{client}',
    description: 'Clients of layer 4 that this node told others of (told) or heard of: taken, or why they were not',
    labels: ['node', 'outcome'],
  },
  clientsUnreadable: {
    name: 'evenkeel.l4.clients.unreadable',
    kind: 'counter',
    unit: '{message}',
    description: 'Messages of other nodes about clients of layer 4 that this node could not read',
    labels: ['node'],
  },
  // health
  checkDuration: {
    name: 'evenkeel.check.duration',
    kind: 'histogram',
    unit: 's',
    description: 'How long one probe took',
    labels: ['kind', 'outcome'],
  },
  checkResults: {
    name: 'evenkeel.check.results',
    kind: 'counter',
    unit: '{probe}',
    description: 'Probes by what came of them',
    labels: ['kind', 'outcome', 'reason'],
  },
  verdict: {
    name: 'evenkeel.verdict',
    kind: 'gauge',
    unit: '1',
    description: '1: up, 0: down; nothing while unknown. proxy and server are the names that HAProxy knows',
    labels: ['proxy', 'server', 'service', 'intent'],
  },
  // ha
  haRole: {
    name: 'evenkeel.ha.role',
    kind: 'gauge',
    unit: '1',
    description: '1 while this node answers for the addresses of the group, 0 while it stands by',
    labels: ['node', 'group'],
  },
  haEpoch: {
    name: 'evenkeel.ha.epoch',
    kind: 'gauge',
    unit: '{epoch}',
    description: 'That under which the node serves; of a standby the newest that it knows',
    labels: ['node', 'group'],
  },
  haTransitions: {
    name: 'evenkeel.ha.transitions',
    kind: 'counter',
    unit: '{change}',
    description: 'Changes of this node to active and to standby',
    labels: ['node', 'group', 'to'],
  },
  haIgnored: {
    name: 'evenkeel.ha.ignored',
    kind: 'watched-counter',
    unit: '{datagram}',
    description:
      'Datagrams that were no heartbeats for this node: malformed, forged (another key), elsewhere (another cluster or ' +
      'group), stranger (a node that is not configured here). Begins anew when the agent is restarted',
    labels: ['node', 'group', 'reason'],
  },
  // every process
  natsConnected: {
    name: 'evenkeel.nats.connected',
    kind: 'gauge',
    unit: '1',
    description: '1 while the connection to NATS stands',
    labels: ['process'],
  },
  certificateExpiry: {
    name: 'evenkeel.certificate.expiry',
    kind: 'gauge',
    unit: 's',
    description: 'Until the certificate of the API expires; below 0 once it has',
    labels: [],
  },
} as const satisfies Record<string, Metric>;

/** As Prometheus shows it: the exporter puts `_` for `.`, marks counters, and adds no unit. Tried on exporter 0.301. */
export const prometheusName = ({ name, kind }: Metric): string =>
  `${name.replaceAll('.', '_')}${kind === 'counter' || kind === 'watched-counter' ? '_total' : ''}`;
