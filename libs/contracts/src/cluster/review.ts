import * as z from 'zod';
import { PortItem } from '../ports.ts';

/** What a duplicate took from its source without being told: the place where a mistake spreads. */
export const DuplicateReview = z
  .strictObject({
    /** One entry per value; a field inside another is written with a dot, `timeouts.client`. */
    inherited: z.array(z.strictObject({ field: z.string(), value: z.json() })),
    /** Fields of the source that the new mode does not have. */
    dropped: z.array(z.strictObject({ field: z.string(), value: z.json() })),
    /** Defaults of the source's mode that became the defaults of the new mode. */
    adjusted: z.array(z.strictObject({ field: z.string(), from: z.json(), to: z.json() })),
    /** Real servers that inherit the service's port and therefore moved with it. */
    movedPorts: z.array(
      z.strictObject({ realServer: z.string(), address: z.string(), from: z.array(PortItem), to: z.array(PortItem) }),
    ),
  })
  .meta({ id: 'DuplicateReview' });
export type DuplicateReview = z.infer<typeof DuplicateReview>;
