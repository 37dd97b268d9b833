import * as z from 'zod';
import { Revision } from '../ids.ts';
import { Label, sentence, Timestamp } from '../values.ts';
import { MaterialName, Sha256 } from './material.ts';

/** What anybody who connects can see of a certificate. The key is never in the book: see decision 20. */
export const CertificateFacts = z
  .strictObject({
    /** SHA-256 over the chain in DER: names the sealed chain and key in the store. */
    material: MaterialName,
    /** SHA-256 of the certificate itself, as a browser shows it. */
    fingerprint: Sha256,
    /** SHA-1 of the same: HAProxy shows no other. */
    fingerprintSha1: z.string().regex(/^[0-9a-f]{40}$/),
    subject: sentence(1_024),
    issuer: sentence(1_024),
    /** Host names and addresses that it is made out to. */
    names: z.array(sentence(253)).max(500),
    notBefore: Timestamp,
    notAfter: Timestamp,
    /** How many certificates follow it in the chain. */
    intermediates: z.int().min(0),
  })
  .meta({ id: 'CertificateFacts' });
export type CertificateFacts = z.infer<typeof CertificateFacts>;

export const CertificateState = z.strictObject({
  name: Label,
  facts: CertificateFacts,
  /** The revision that stored or replaced it: its ETag. */
  version: Revision,
});
export type CertificateState = z.infer<typeof CertificateState>;
