import { type HttpService, isHttpsRedirect, isIPv6, usualTimes } from '@evenkeel/contracts';
import { durationMs, writeDuration } from '@evenkeel/kernel';
import { comment, heading, line } from './config-text.ts';
import { type DesiredPool, type DesiredService, hasStickTable, isPool, type PoolSpec } from './desired.ts';
import { fallbackName } from './names.ts';
import { renderBinds } from './render-bind.ts';
import { renderContentRules, renderRoutes } from './render-content-rules.ts';
import { defaultsFor, peersSection } from './render-frame.ts';
import { renderHeaderRules } from './render-header-rules.ts';
import { renderRedirect } from './render-redirect.ts';
import { renderHsts, tlsWords } from './render-tls.ts';
import { commonServerWords, fallbackWords, fileServerWords } from './server-words.ts';

/**
 * The section of one service. One `listen` per service: half as many proxies to parse at a reload as a frontend and a
 * backend each. Without its `bind` lines it is a `backend` of the same name, id and table.
 */
export const renderService = (service: DesiredService): string => {
  const { name, number, isListening, spec } = service;
  return [
    '\n',
    comment(spec.label),
    heading(isListening ? 'listen' : 'backend', name, 'from', defaultsFor(spec)),
    line('id', number),
    ...(isPool(service) ? pool(service) : []),
    ...(isHttpsRedirect(spec) && isListening ? renderRedirect(spec) : []),
  ].join('');
};

/** What leads to real servers, and those. */
const pool = (service: DesiredPool): readonly string[] => {
  const { number, isListening, spec, servers } = service;
  return [
    ...(isListening ? listening(service) : []),
    line('balance', balances[spec.balance]),
    line('timeout', 'connect', spec.timeouts.connect),
    line('timeout', 'server', spec.timeouts.server),
    ...unusual('queue', spec.queueTimeout, usualTimes.queueTimeout),
    ...(spec.mode === 'http' ? httpConnections(spec) : []),
    ...(spec.tcpKeepAlive ? [line('option', 'srvtcpka')] : []),
    // `1`: another server at each try. By default it is the last one only: a client of a dead server waited 2 s for it,
    // and got an error when that one was dead too (tried on 2.6.12).
    ...(spec.redispatch ? [line('option', 'redispatch', 1)] : []),
    ...(spec.mode === 'http' && spec.forwardedFor ? [line('option', 'forwardfor')] : []),
    ...persistence(service),
    ...fallback(service),
    ...defaultServer(service),
    ...(isListening ? renderContentRules(service.routes, number) : []),
    ...(spec.mode === 'http' ? renderHeaderRules(spec.headers ?? []) : []),
    ...(spec.mode === 'http' && spec.tls !== undefined ? renderHsts(spec.tls) : []),
    ...(isListening ? renderRoutes(service.routes, number) : []),
    ...servers.flatMap((server) => [
      `  ${comment(server.label)}`,
      line('server', server.name, ...fileServerWords(service, server)),
    ]),
  ];
};

const balances = { 'least-connections': 'leastconn', 'round-robin': 'roundrobin' } as const;

/** A timeout that is not as the named defaults have it. */
const unusual = (timeout: string, value: string, usual: string): readonly string[] =>
  value === usual ? [] : [line('timeout', timeout, value)];

/** HAProxy keeps connections on both sides unless told, and reuses those to servers where it is safe. */
const httpConnections = ({ connection, reuse, tunnelTimeout }: HttpService): readonly string[] => [
  ...unusual('tunnel', tunnelTimeout, usualTimes.tunnelTimeout),
  ...(connection === 'keep-alive' ? [] : [line('option', connectionOptions[connection])]),
  ...(reuse ? [line('http-reuse', 'always')] : []),
];

const connectionOptions = { 'server-close': 'http-server-close', close: 'httpclose' } as const;

const listening = ({ spec }: DesiredPool): readonly string[] => [
  ...renderBinds(spec, encryption(spec)),
  line('maxconn', spec.maxConnections),
  line('timeout', 'client', spec.timeouts.client),
  ...(spec.tcpKeepAlive ? [line('option', 'clitcpka')] : []),
  ...(spec.mode === 'http' ? httpPatience(spec) : []),
];

/** With a client that is slow to ask: bytes that trickle in do not prolong it. */
const httpPatience = ({ requestTimeout, keepAliveTimeout }: HttpService): readonly string[] => [
  line('timeout', 'http-request', requestTimeout),
  ...unusual('http-keep-alive', keepAliveTimeout, usualTimes.keepAliveTimeout),
];

const encryption = (spec: PoolSpec): readonly string[] =>
  spec.mode === 'http' && spec.tls !== undefined ? tlsWords(spec.tls) : [];

const persistence = (service: DesiredPool): readonly string[] => {
  const { spec } = service;
  return [...(hasStickTable(service) ? stickTable(spec) : []), ...(spec.mode === 'http' ? cookie(spec) : [])];
};

/** The longest time that HAProxy can write down: 2^31 - 1 ms, some 24.8 days. */
const longestMs = 2_147_483_647;

/** Clients have addresses of the service's own family; `type ipv6` holds IPv4 too, as `::ffff:10.1.0.1`. */
const stickTable = ({ address, persistence: kind }: PoolSpec): readonly string[] => {
  if (!('tableSize' in kind)) return [];
  const expireMs = Math.min(durationMs(kind.timeout) ?? longestMs, longestMs);
  return [
    line(
      'stick-table',
      ...[
        'type',
        isIPv6(address) ? 'ipv6' : 'ip',
        'size',
        kind.tableSize,
        'expire',
        writeDuration(expireMs),
        'peers',
        peersSection,
      ],
    ),
    ...(kind.kind === 'x-forwarded-for' ? stickOnForwarded(kind.position) : [line('stick', 'on', 'src')]),
  ];
};

/**
 * Read before HAProxy adds a line of its own (`option forwardfor`), which it does before it looks at the table: then the last
 * address would be that of the proxy before us (tried on 2.6.12).
 */
const stickOnForwarded = (position: number): readonly string[] => [
  line('http-request', 'set-var(txn.client)', `req.hdr_ip(x-forwarded-for,${position})`),
  line('stick', 'on', 'var(txn.client)', 'if', '{', 'var(txn.client)', '-m', 'found', '}'),
  line('stick', 'on', 'src', 'unless', '{', 'var(txn.client)', '-m', 'found', '}'),
];

/**
 * `indirect`: the real server never sees the cookie. `nocache`: no shared cache hands one client's cookie to another.
 * With a stick table beside it the cookie wins and rewrites the table; an unknown cookie falls back to the table.
 */
const cookie = ({ persistence }: HttpService): readonly string[] => {
  if (!('cookieName' in persistence)) return [];
  const { cookieName, maxIdle, maxLife } = persistence;
  return [
    line(
      ...['cookie', cookieName, 'insert', 'indirect', 'nocache'],
      ...(maxIdle === undefined ? [] : ['maxidle', maxIdle]),
      ...(maxLife === undefined ? [] : ['maxlife', maxLife]),
    ),
  ];
};

/** Before what all real servers have in common: the fallback is no PACS, and expects no PROXY protocol. */
const fallback = (service: DesiredPool): readonly string[] => {
  const words = fallbackWords(service);
  return words === undefined ? [] : [line('server', fallbackName, ...words)];
};

/** A change of what all servers have in common is a change of structure: the line is in the skeleton too. */
const defaultServer = ({ spec }: DesiredPool): readonly string[] => {
  const words = commonServerWords(spec);
  return words.length === 0 ? [] : [line('default-server', ...words)];
};
