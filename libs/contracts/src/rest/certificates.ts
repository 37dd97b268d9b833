import * as z from 'zod';
import { CertificateFacts } from '../cluster/certificate.ts';
import { Revision, VirtualServiceId } from '../ids.ts';
import { Label } from '../values.ts';
import { why } from './write.ts';

/** No limit and no form is checked here: what a schema refuses is quoted, and a key is quoted nowhere. */
const Pem = z.string();

export const CertificateBody = z
  .strictObject({
    chain: Pem.describe('PEM: the certificate, then each that signed the one before it; the root may be left out'),
    key: Pem.describe(
      'PEM: the private key of the first certificate, not encrypted. It is sealed, and can never be read',
    ),
    ...why,
  })
  .meta({ id: 'Certificate' });
export type CertificateBody = z.infer<typeof CertificateBody>;

export const CertificateResource = CertificateFacts.extend({
  name: Label,
  /** Virtual services that show it to their clients. */
  usedBy: z.array(z.strictObject({ virtualServiceId: VirtualServiceId, label: z.string() })),
  /** The revision that stored or replaced it: its ETag. */
  revision: Revision,
}).meta({ id: 'CertificateResource' });
export type CertificateResource = z.infer<typeof CertificateResource>;
