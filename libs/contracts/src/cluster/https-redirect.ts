import * as z from 'zod';
import { Port } from '../ports.ts';

/** 307 and 308 keep the method of the request; 301 and 308 are remembered by browsers, long after a change of mind. */
export const RedirectCode = z.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)]);

/** Where HTTPS is served when nobody says a port: an address without one means it (RFC 9110, section 4.2.2). */
export const httpsPort = 443;

export const httpsRedirect = z
  .strictObject({
    code: RedirectCode.default(302),
    port: Port.default(httpsPort).describe('Where HTTPS is served, on the host that the client asked for'),
  })
  .prefault({})
  .describe('How clients are sent to HTTPS: the host and the path stay as they came');
