import { ClusterName } from '@evenkeel/contracts';
import * as z from 'zod';

/** From the environment. */
export const ConfigSettings = z.object({
  cluster: ClusterName.default(ClusterName.parse('radiology')),
  /** Postgres as the role `evenkeel_config`. */
  databaseUrl: z.string().min(1),
  nats: z.object({
    servers: z.array(z.string()).min(1).default(['127.0.0.1:4222']),
    user: z.string().optional(),
    password: z.string().optional(),
  }),
  /** Where the first administrator's token is written when there is none yet; mode 0600. */
  adminTokenFile: z.string().optional(),
  /** A snapshot is stored whenever this many commits have come since the last one. */
  snapshotEvery: z.coerce.number().int().min(1).default(1_000),
  /** Ports that Evenkeel itself listens on, and for what. */
  reservedPorts: z.record(z.coerce.number<string>(), z.string()).default({
    6694: 'heartbeats between nodes',
    7778: 'persistence tables between nodes',
    9443: 'the API and the console',
  }),
});
export type ConfigSettings = z.infer<typeof ConfigSettings>;

/** Throws with the name of the variable that does not fit. */
export const configSettingsFrom = (environment: NodeJS.ProcessEnv): ConfigSettings =>
  ConfigSettings.parse({
    cluster: environment.EVENKEEL_CLUSTER,
    databaseUrl: environment.DATABASE_URL,
    nats: {
      servers: environment.NATS_URL?.split(','),
      user: environment.NATS_USER,
      password: environment.NATS_PASSWORD,
    },
    adminTokenFile: environment.EVENKEEL_ADMIN_TOKEN_FILE,
    snapshotEvery: environment.EVENKEEL_SNAPSHOT_EVERY,
  });
