import { resolve } from 'node:path';
import { Address, ClusterName, NodeName } from '@evenkeel/contracts';
import * as z from 'zod';

/**
 * Where a node listens for the persistence tables of the others. The protocol has no encryption and knows nobody: it is for
 * a network that only the nodes are on.
 */
const PeerSetting = z.strictObject({
  address: Address,
  port: z.coerce.number().int().min(1).max(65_535).default(7_778),
});
export type PeerSetting = z.infer<typeof PeerSetting>;

/** From the environment. */
export const ProxySettings = z.object({
  cluster: ClusterName.default(ClusterName.parse('radiology')),
  node: NodeName,
  /** HAProxy's files and what this node last served; survives restarts. */
  folder: z
    .string()
    .default('var/proxy')
    .transform((folder) => resolve(folder)),
  /** Opens what the gateway sealed: the same file as there. */
  clusterKeyFile: z.string().default('var/cluster.key'),
  nats: z.object({
    servers: z.array(z.string()).min(1).default(['127.0.0.1:4222']),
    user: z.string().optional(),
    password: z.string().optional(),
  }),
  /** Unset: this node shares its tables with nobody, and no port is opened for them. */
  peer: PeerSetting.optional(),
  /** Stopping leaves HAProxy serving; the next start takes it over. */
  leaveServing: z.stringbool().default(false),
  /** No more sockets than this for HAProxy, whatever the system allows: it reserves memory for all of them. */
  maxSockets: z.coerce.number().int().min(100).default(100_000),
  /** Layer 4 needs IPv4 forwarding; with leave, the worker switches it on. */
  mayEnableForwarding: z.stringbool().default(true),
  /** How often everything is looked at, changed or not, for drift. */
  sweepMs: z.coerce.number().int().min(100).default(10_000),
  /**
   * Checkers give a sign of life every second. After so long without one the node's own checks rule. Not longer than a
   * checker's verdicts are gone on from after its restart.
   */
  verdictLeaseMs: z.coerce.number().int().min(3_000).max(60_000).default(10_000),
});
export type ProxySettings = z.infer<typeof ProxySettings>;

/** Throws with the name of the variable that does not fit. */
export const proxySettingsFrom = (environment: NodeJS.ProcessEnv): ProxySettings =>
  ProxySettings.parse({
    cluster: environment.EVENKEEL_CLUSTER,
    node: environment.EVENKEEL_NODE,
    folder: environment.EVENKEEL_PROXY_FOLDER,
    clusterKeyFile: environment.EVENKEEL_CLUSTER_KEY_FILE,
    nats: {
      servers: environment.NATS_URL?.split(','),
      user: environment.NATS_USER,
      password: environment.NATS_PASSWORD,
    },
    ...(environment.EVENKEEL_PEER_ADDRESS === undefined
      ? {}
      : { peer: { address: environment.EVENKEEL_PEER_ADDRESS, port: environment.EVENKEEL_PEER_PORT } }),
    leaveServing: environment.EVENKEEL_LEAVE_SERVING,
    maxSockets: environment.EVENKEEL_MAX_SOCKETS,
    mayEnableForwarding: environment.EVENKEEL_ENABLE_FORWARDING,
    sweepMs: environment.EVENKEEL_SWEEP_MS,
    verdictLeaseMs: environment.EVENKEEL_VERDICT_LEASE_MS,
  });
