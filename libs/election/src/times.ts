/** How quick an election is. All in milliseconds; each node measures them on its own monotonic clock. */
export type Times = {
  /** H: between two heartbeats to one node, two probes, two pings in doubt. */
  readonly heartbeatMs: number;
  /** A node looks at its clock so often. */
  readonly tickMs: number;
  /** T_self: the kernel goes on answering for the addresses so long after it was told to. */
  readonly selfMs: number;
  /** T_dead: silence of that length, while the gateway answers, lets another node take over. */
  readonly deadMs: number;
  /** T_ticket: from the decision to serve until the kernel must have been told. */
  readonly ticketMs: number;
  /** T_lease: a lease whose record has not changed for so long binds nobody. */
  readonly leaseMs: number;
  readonly leaseRenewMs: number;
  /** NATS may take so long to grant a lease before the node goes on without. */
  readonly leasePatienceMs: number;
  /** NATS counts as reachable for so long after an answer. */
  readonly natsMs: number;
  /** T_init: a node that starts listens for so long before it stands. */
  readonly initMs: number;
  /** Between two pings while nobody doubts, and as long may an answer be old that a node still reports. */
  readonly calmPingMs: number;
  /** A ping that is not answered within that time is lost: a later answer is none. */
  readonly answerMs: number;
};

/** `fast` needs realtime scheduling. Decision 29 says why they are as they are. */
export const profiles = {
  safe: {
    heartbeatMs: 50,
    tickMs: 10,
    selfMs: 200,
    deadMs: 500,
    ticketMs: 100,
    leaseMs: 450,
    leaseRenewMs: 150,
    leasePatienceMs: 50,
    natsMs: 400,
    initMs: 2_000,
    calmPingMs: 1_000,
    answerMs: 200,
  },
  fast: {
    heartbeatMs: 20,
    tickMs: 5,
    selfMs: 80,
    deadMs: 200,
    ticketMs: 40,
    leaseMs: 180,
    leaseRenewMs: 60,
    leasePatienceMs: 20,
    natsMs: 400,
    initMs: 1_000,
    calmPingMs: 1_000,
    answerMs: 200,
  },
} as const satisfies Record<string, Times>;

/** Two clocks may run so much apart, the quicker one over the slower one. */
const driftMost = 1.1;

/**
 * What is unsafe about `times`, in sentences; empty when nothing is. A node may serve until 2 × T_self after its last proof:
 * one that is paused just after the proof applies it just before the kernel's own time is up. Nobody may take over before, on
 * whichever clock; a probe that goes unanswered tells of the state one heartbeat ago.
 */
export const dangersOf = (times: Times): readonly string[] => {
  const { heartbeatMs, selfMs, deadMs, ticketMs, initMs, leasePatienceMs } = times;
  const deadLeast = 2 * selfMs * driftMost + heartbeatMs;
  return [
    ...(deadMs < deadLeast
      ? [`deadMs must be at least ${Math.ceil(deadLeast)}: 2 × selfMs × ${driftMost} + heartbeatMs`]
      : []),
    ...(ticketMs > 2 * heartbeatMs ? [`ticketMs must be at most ${2 * heartbeatMs}: 2 × heartbeatMs`] : []),
    ...(selfMs < 3 * heartbeatMs ? [`selfMs must be at least ${3 * heartbeatMs}: 3 × heartbeatMs`] : []),
    ...(initMs < 3 * deadMs ? [`initMs must be at least ${3 * deadMs}: 3 × deadMs`] : []),
    ...(leasePatienceMs >= ticketMs ? [`leasePatienceMs must be below ticketMs, ${ticketMs}`] : []),
  ];
};
