import * as z from 'zod';

/** A virtual service, a real server with its service, or neither: the cluster's settings. */
const place = { virtualService: z.string().optional(), realServer: z.string().optional() };

/** What a command of many changes did, by label. The real servers of an added or removed service are not listed again. */
export const ChangeSummary = z
  .strictObject({
    added: z.array(z.strictObject(place)),
    /** `fields`: names of fields, and `enabled` or `intent`. */
    changed: z.array(z.strictObject({ ...place, fields: z.array(z.string()).min(1) })),
    removed: z.array(z.strictObject(place)),
  })
  .meta({ id: 'ChangeSummary' });
export type ChangeSummary = z.infer<typeof ChangeSummary>;
