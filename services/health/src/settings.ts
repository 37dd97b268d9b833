import { hostname } from 'node:os';
import { ClusterName } from '@evenkeel/contracts';
import * as z from 'zod';

/** From the environment. */
export const HealthSettings = z.object({
  cluster: ClusterName.default(ClusterName.parse('radiology')),
  /** Names this process in every verdict, alone among the checkers of its cluster. The next process of the same name goes on where this one ended. */
  checker: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}$/, 'letters, digits, "_" and "-", 63 at most')
    .default(() =>
      hostname()
        .replaceAll(/[^A-Za-z0-9_-]/g, '-')
        .slice(0, 63),
    ),
  /** A copy of the gateway's: opens what checks sign in with. */
  clusterKeyFile: z.string().default('var/cluster.key'),
  nats: z.object({
    servers: z.array(z.string()).min(1).default(['127.0.0.1:4222']),
    user: z.string().optional(),
    password: z.string().optional(),
  }),
  /** So many checkers ask the same target at the most, of as many as there are. */
  checkersPerTarget: z.coerce.number().int().min(1).max(32).default(3),
  /** Ports of the control plane on this machine that no check may ask, beside those of the API and the bus. */
  ownPorts: z.array(z.coerce.number().int().min(1).max(65_535)).default([]),
  /** The folder of programs that checks may run; unset: none. Its files are chosen by whoever may write there. */
  programs: z.string().regex(/^\//, 'an absolute path').optional(),
  /** Probes under way at once; each holds a file handle. */
  probesMax: z.coerce.number().int().min(1).max(100_000).default(4_096),
});
export type HealthSettings = z.infer<typeof HealthSettings>;

/** Throws with the name of the variable that does not fit. */
export const healthSettingsFrom = (environment: NodeJS.ProcessEnv): HealthSettings =>
  HealthSettings.parse({
    cluster: environment.EVENKEEL_CLUSTER,
    checker: environment.EVENKEEL_CHECKER,
    clusterKeyFile: environment.EVENKEEL_CLUSTER_KEY_FILE,
    nats: {
      servers: environment.NATS_URL?.split(','),
      user: environment.NATS_USER,
      password: environment.NATS_PASSWORD,
    },
    checkersPerTarget: environment.EVENKEEL_CHECKERS_PER_TARGET,
    ownPorts: environment.EVENKEEL_OWN_PORTS?.split(','),
    programs: environment.EVENKEEL_HEALTH_PROGRAMS,
    probesMax: environment.EVENKEEL_PROBES_MAX,
  });
