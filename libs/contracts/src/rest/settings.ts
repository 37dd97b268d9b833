import type * as z from 'zod';
import { ClusterSettings } from '../cluster/settings.ts';
import { Revision } from '../ids.ts';

export const SettingsResource = ClusterSettings.extend({
  /** The revision that last touched them: their ETag. */
  revision: Revision,
}).meta({ id: 'Settings' });
export type SettingsResource = z.infer<typeof SettingsResource>;
