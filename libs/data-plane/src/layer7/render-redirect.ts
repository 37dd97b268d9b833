import { type HttpsRedirect, httpsPort, usualTimes } from '@evenkeel/contracts';
import { line } from './config-text.ts';
import { renderBinds } from './render-bind.ts';

/** How long a client may be silent before its answer, and between two requests. */
export const redirectIdle = usualTimes.keepAliveTimeout;

/**
 * What a service that sends its clients to HTTPS does while it listens. `redirect scheme` would keep the port that the client
 * named, where HTTP is spoken; so the address is put together here, of the host alone (`host_only`: HAProxy 2.5 and later).
 * A client that names no host has nowhere to go to.
 */
export const renderRedirect = (spec: HttpsRedirect): readonly string[] => [
  ...renderBinds(spec),
  line('maxconn', spec.maxConnections),
  line('timeout', 'client', redirectIdle),
  line('timeout', 'http-request', spec.requestTimeout),
  line('http-request', 'deny', 'deny_status', 400, 'unless', '{', host, '-m', 'len', '1:', '}'),
  line('http-request', 'redirect', 'prefix', placeOf(spec.redirect), 'code', spec.redirect.code),
];

const host = 'req.hdr(host),host_only';

/** The usual port goes without saying. */
const placeOf = ({ port }: HttpsRedirect['redirect']): string =>
  `https://%[${host}]${port === httpsPort ? '' : `:${port}`}`;
