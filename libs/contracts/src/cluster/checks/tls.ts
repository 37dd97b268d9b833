import * as z from 'zod';

export const httpToken = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'visible ASCII, no spaces, 255 at most');

/** How a check speaks TLS. The certificate is not verified unless asked: back ends usually carry self-signed ones. */
export const tlsManner = { verify: z.boolean().default(false), serverName: httpToken.optional() };
export const Tls = z.strictObject(tlsManner);
