import * as z from 'zod';

const value = z.json().optional();

/** `before` is absent where something is added, `after` where something is removed. */
export const FieldChange = z
  .strictObject({ field: z.string(), before: value, after: value })
  .meta({ id: 'FieldChange' });
export type FieldChange = z.infer<typeof FieldChange>;

/** One thing of the configuration before and after; intents and whether a service is enabled count as fields. */
export const ConfigurationChange = z
  .strictObject({
    what: z.enum(['virtual-service', 'real-server', 'settings', 'certificate', 'secret']),
    change: z.enum(['added', 'changed', 'removed']),
    /** Absent for the settings; the name of a certificate or a secret. */
    id: z.string().optional(),
    /** Label of the service, or of the one that the real server belongs to. */
    virtualService: z.string().optional(),
    realServer: z.string().optional(),
    fields: z.array(FieldChange),
  })
  .meta({ id: 'ConfigurationChange' });
export type ConfigurationChange = z.infer<typeof ConfigurationChange>;
