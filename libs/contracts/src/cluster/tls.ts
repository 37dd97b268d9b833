import * as z from 'zod';
import { Label } from '../values.ts';

export const Tls = z
  .strictObject({
    certificates: z
      .array(Label)
      .min(1)
      .max(32)
      .refine((names) => new Set(names).size === names.length, 'each certificate once')
      .describe('By name. A client gets the one that is made out to the host it asks for, or else the first'),
    minimumVersion: z.enum(['1.2', '1.3']).default('1.2'),
    hsts: z
      .strictObject({
        months: z.int().min(3).max(24).default(6),
        includeSubDomains: z.boolean().default(false),
      })
      .optional()
      .describe('Tells browsers to come by HTTPS only, for so many months of 30 days'),
  })
  .meta({ id: 'Tls' });
export type Tls = z.infer<typeof Tls>;

export const tls = Tls.optional().describe('TLS to the clients, on every port of the service');
