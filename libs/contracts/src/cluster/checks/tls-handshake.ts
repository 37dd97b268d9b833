import * as z from 'zod';
import { pace } from './pace.ts';
import { target, targetOnOwnPort } from './target.ts';
import { tlsManner } from './tls.ts';

const tlsHandshake = {
  kind: z.literal('tls'),
  ...pace('2s', '2s'),
  ...tlsManner,
  /** Failed when the certificate is good for fewer whole days; without it its end is only told. */
  minimumDaysLeft: z.int().min(0).max(3_650).optional(),
};

export const TlsCheck = z.strictObject({ ...tlsHandshake, ...target });
export const TlsOnPort = z.strictObject({ ...tlsHandshake, ...targetOnOwnPort });
