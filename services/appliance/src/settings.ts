import { resolve } from 'node:path';
import { NodeName } from '@evenkeel/contracts';
import * as z from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/** What only the box as a whole needs to know; its parts read their own settings from the same environment. */
export const ApplianceSettings = z.object({
  /** Everything that must survive a restart. */
  data: z
    .string()
    .default('./var')
    .transform((folder) => resolve(folder)),
  node: NodeName.default(NodeName.parse('node-1')),
  /** 0: a free one, chosen at the first start and kept. */
  postgresPort: port.default(0),
  natsPort: port.default(0),
});
export type ApplianceSettings = z.infer<typeof ApplianceSettings>;

/** Throws with the name of the setting that does not fit. */
export const applianceSettingsFrom = (environment: NodeJS.ProcessEnv): ApplianceSettings =>
  ApplianceSettings.parse({
    data: environment.EVENKEEL_DATA,
    node: environment.EVENKEEL_NODE,
    postgresPort: environment.EVENKEEL_POSTGRES_PORT,
    natsPort: environment.EVENKEEL_NATS_PORT,
  });
