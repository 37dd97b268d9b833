import { resolve } from 'node:path';
import { ClusterName, NodeName } from '@evenkeel/contracts';
import * as z from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const isYes = z.stringbool().default(false);

/** The one box, from the environment. A port of 0 is chosen at the first start and kept. */
export const ApplianceSettings = z.object({
  /** Everything that must survive a restart. */
  data: z
    .string()
    .default('./var')
    .transform((folder) => resolve(folder)),
  cluster: ClusterName.default(ClusterName.parse('radiology')),
  node: NodeName.default(NodeName.parse('node-1')),
  httpsHost: z.string().default('0.0.0.0'),
  httpsPort: port.default(9443),
  postgresPort: port.default(0),
  natsPort: port.default(0),
  /** HAProxy's stick tables are handed from node to node, and from an old HAProxy to its successor, here. */
  peersPort: port.default(7778),
  /** Leave HAProxy serving when we stop; the next start takes it over. */
  leaveServing: isYes,
});
export type ApplianceSettings = z.infer<typeof ApplianceSettings>;

/** Throws with the name of the setting that does not fit. */
export const applianceSettingsFrom = (environment: NodeJS.ProcessEnv): ApplianceSettings =>
  ApplianceSettings.parse({
    data: environment.EVENKEEL_DATA,
    cluster: environment.EVENKEEL_CLUSTER,
    node: environment.EVENKEEL_NODE,
    httpsHost: environment.EVENKEEL_HTTPS_HOST,
    httpsPort: environment.EVENKEEL_HTTPS_PORT,
    postgresPort: environment.EVENKEEL_POSTGRES_PORT,
    natsPort: environment.EVENKEEL_NATS_PORT,
    peersPort: environment.EVENKEEL_PEERS_PORT,
    leaveServing: environment.EVENKEEL_LEAVE_SERVING,
  });
