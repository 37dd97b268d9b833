import * as z from 'zod';

const sha256 = /^[0-9a-f]{64}$/;
export const Sha256 = z.string().regex(sha256);

/** Names something sealed that is kept beside the book: the chain and key of a certificate, or a secret. See decision 20. */
export const MaterialName = z.string().regex(sha256);
export type MaterialName = z.infer<typeof MaterialName>;
