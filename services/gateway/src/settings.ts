import { ClusterName } from '@evenkeel/contracts';
import * as z from 'zod';

/** Injection token: interfaces and types have none of their own. */
export const SETTINGS = Symbol('gateway settings');

/** From the environment; defaults suit one box. */
export const GatewaySettings = z.object({
  cluster: ClusterName.default(ClusterName.parse('radiology')),
  /** Where HTTPS is served. */
  host: z.string().default('0.0.0.0'),
  port: z.coerce.number().int().min(0).max(65_535).default(9443),
  /** Certificate and key are made here at the first start: `certificate.pem`, `key.pem`. */
  certificateFolder: z.string().default('var/gateway'),
  /** More names and addresses that the certificate should carry. */
  certificateNames: z.array(z.string()).default([]),
  /** Seals private keys; made at the first start. Every gateway and every node of a cluster has the same one. */
  clusterKeyFile: z.string().default('var/cluster.key'),
  nats: z.object({
    servers: z.array(z.string()).min(1).default(['127.0.0.1:4222']),
    user: z.string().optional(),
    password: z.string().optional(),
  }),
});
export type GatewaySettings = z.infer<typeof GatewaySettings>;

/** Throws with the name of the variable that does not fit. */
export const gatewaySettingsFrom = (environment: NodeJS.ProcessEnv): GatewaySettings =>
  GatewaySettings.parse({
    cluster: environment.EVENKEEL_CLUSTER,
    host: environment.EVENKEEL_HTTPS_HOST,
    port: environment.EVENKEEL_HTTPS_PORT,
    certificateFolder: environment.EVENKEEL_CERTIFICATE_FOLDER,
    certificateNames: environment.EVENKEEL_CERTIFICATE_NAMES?.split(','),
    clusterKeyFile: environment.EVENKEEL_CLUSTER_KEY_FILE,
    nats: {
      servers: environment.NATS_URL?.split(','),
      user: environment.NATS_USER,
      password: environment.NATS_PASSWORD,
    },
  });
