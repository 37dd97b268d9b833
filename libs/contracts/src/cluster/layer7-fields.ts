import * as z from 'zod';
import { Port } from '../ports.ts';
import { Address, durationBetween } from '../values.ts';

// Fields of layer 7 that stand beside each other. Each has a default, so that what was written before there was the field
// reads on: see `complete.ts`.

/** Of a service that does not say; HAProxy's named defaults say the same once for all services. */
export const usualTimes = { queueTimeout: '30s', tunnelTimeout: '1h', keepAliveTimeout: '1m' } as const;

/** Both modes. */
export const connectionFields = {
  sendProxy: z
    .enum(['none', 'v1', 'v2', 'v2-ssl', 'v2-ssl-cn'])
    .default('none')
    .describe("PROXY protocol: tells real servers the client's address before its first byte; they must expect it"),
  onDown: z
    .enum(['keep', 'close'])
    .default('keep')
    .describe('What happens to open connections when a verdict goes down'),
  queueTimeout: durationBetween('100ms', '1h')
    .default(usualTimes.queueTimeout)
    .describe('How long a client waits for a real server that has reached its maxConnections'),
};

/** Mode `http` only. */
export const httpConnectionFields = {
  connection: z
    .enum(['keep-alive', 'server-close', 'close'])
    .default('keep-alive')
    .describe('After an answer: keep both connections, close that to the real server, or close both'),
  reuse: z
    .boolean()
    .default(false)
    .describe(
      "Let a client's first request use a connection that another client opened; later requests do so anyhow, where it is safe",
    ),
  keepAliveTimeout: durationBetween('100ms', '1h')
    .default(usualTimes.keepAliveTimeout)
    .describe('How long a client may be silent between two requests'),
  tunnelTimeout: durationBetween('1s', '7d')
    .default(usualTimes.tunnelTimeout)
    .describe('How long an upgraded connection, such as a WebSocket, may be idle'),
};

/** What a certificate is made out to, and what a client asks for by SNI (RFC 6066: no address). */
const hostName = z
  .string()
  .regex(
    /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
    'a host name such as pacs.example.org',
  )
  .max(253);

/** Mode `http` only: HTTP to the client, TLS to the real servers. */
export const backendTls = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('off') }),
    z
      .strictObject({
        kind: z.literal('on'),
        /** By the authorities that the node's system trusts. */
        verify: z.boolean().default(true),
        /** Asked for by SNI, and verified. */
        serverName: hostName.optional(),
      })
      .refine(({ verify, serverName }) => !verify || serverName !== undefined, {
        message: 'verify needs a serverName: without one, any certificate of any trusted authority would do',
        path: ['serverName'],
      }),
  ])
  .default({ kind: 'off' })
  .describe('Encrypts the connections to real servers; a real server can differ with its own `tls`');

const fallbackServer = {
  kind: z.literal('server'),
  address: Address,
  port: Port,
  persist: z
    .boolean()
    .default(false)
    .describe('Clients stay on it as on a real server; when false they go back as soon as a real server is available'),
};
const noFallback = z.strictObject({ kind: z.literal('none') });

/** Who answers while no real server is available. */
export const httpFallback = z
  .discriminatedUnion('kind', [
    noFallback,
    z.strictObject({ kind: z.literal('page') }),
    z.strictObject({
      ...fallbackServer,
      tls: z.boolean().default(false).describe('As `backendTls` says; encrypted and not verified where that is off'),
    }),
  ])
  .default({ kind: 'page' });
export const tcpFallback = z
  .discriminatedUnion('kind', [noFallback, z.strictObject(fallbackServer)])
  .default({ kind: 'none' });
