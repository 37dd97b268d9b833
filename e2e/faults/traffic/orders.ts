import * as z from 'zod';

/** Who asks whom, how often. Zero of something: nobody asks so. */
export const TrafficOrder = z.strictObject({
  /** Served in HTTP: the way to take accounts. A path, which network namespaces share. */
  controlSocket: z.string(),
  /** Where the API is to be reached from outside: whoever connects here is connected with `api`. */
  apiSocket: z.string(),
  api: z.strictObject({ host: z.string(), port: z.number() }),
  /** The addresses of the clients, so that persistence by address spreads them. */
  from: z.array(z.string()).min(1),
  vip: z.string(),
  /** Browsers: each keeps one connection, and asks again so long after each answer. */
  kept: z.strictObject({ port: z.number(), clients: z.number(), pauseMs: z.number() }),
  /** A connection for each request, at this rate whatever becomes of them. */
  fresh: z.strictObject({ port: z.number(), perSecond: z.number() }),
  /** NetBIOS node status over UDP: one datagram each, never repeated. */
  names: z.strictObject({ port: z.number(), perSecond: z.number() }),
  /** Modalities: each keeps one association, and sends a C-ECHO on it so long after each answer. */
  associations: z.strictObject({ port: z.number(), count: z.number(), pauseMs: z.number() }),
});
export type TrafficOrder = z.infer<typeof TrafficOrder>;

export const kinds = ['kept', 'fresh', 'names', 'echoes', 'associations'] as const;
/** `echoes`: C-ECHO on long associations. `associations`: these themselves; one that breaks is lost. */
export type Kind = (typeof kinds)[number];
