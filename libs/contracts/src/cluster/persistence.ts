import * as z from 'zod';
import { durationBetween } from '../values.ts';

const NoPersistence = z.strictObject({ kind: z.literal('none') });

const timeout = (usual: string) => durationBetween('1s', '30d').default(usual);
const tableSize = (usual: number) => z.int().min(1).max(10_000_000).default(usual);

/** A client keeps its server by source address: entries live `timeout` after the last use. */
const SourceIp = z.strictObject({
  kind: z.literal('source-ip'),
  timeout: timeout('30m'),
  tableSize: tableSize(10_240),
});

/** HAProxy accepts token characters in a cookie's name (RFC 6265, section 4.1.1); these are the usual ones. */
const cookieName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'letters, digits, "_", "." or "-", 64 at most')
  .default('SERVERID');
const cookieLife = {
  maxIdle: durationBetween('1s', '365d').optional(),
  maxLife: durationBetween('1s', '365d').optional(),
};

const HttpCookie = z.strictObject({ kind: z.literal('http-cookie'), cookieName, ...cookieLife });

/** The cookie wins and rewrites the table; a client that lost its cookie is found by its source address. */
const HttpCookieAndSourceIp = z.strictObject({
  kind: z.literal('http-cookie-and-source-ip'),
  cookieName,
  ...cookieLife,
  timeout: timeout('30m'),
  tableSize: tableSize(10_240),
});

/** For clients behind a proxy, which all have its address: by what it tells of them, else by source address. */
const XForwardedFor = z.strictObject({
  kind: z.literal('x-forwarded-for'),
  timeout: timeout('30m'),
  tableSize: tableSize(10_240),
  /** Which of the addresses: 1 is the first, which any client can forge; -1 is the last, which the nearest proxy wrote. */
  position: z
    .int()
    .min(-10)
    .max(10)
    .refine((position) => position !== 0, 'from the first, 1 to 10, or from the last, -1 to -10')
    .default(-1),
});

export const HttpPersistence = z
  .discriminatedUnion('kind', [NoPersistence, SourceIp, HttpCookie, HttpCookieAndSourceIp, XForwardedFor])
  .meta({ id: 'HttpPersistence' });
export type HttpPersistence = z.infer<typeof HttpPersistence>;

/** No cookie can be written down for a service that never sees HTTP. */
export const TcpPersistence = z.discriminatedUnion('kind', [NoPersistence, SourceIp]).meta({ id: 'TcpPersistence' });
export type TcpPersistence = z.infer<typeof TcpPersistence>;

export const Layer4Persistence = z
  .discriminatedUnion('kind', [
    NoPersistence,
    z.strictObject({ kind: z.literal('source-ip'), timeout: timeout('5m'), tableSize: tableSize(65_535) }),
  ])
  .meta({ id: 'Layer4Persistence' });
export type Layer4Persistence = z.infer<typeof Layer4Persistence>;

export type Persistence = HttpPersistence | TcpPersistence | Layer4Persistence;
