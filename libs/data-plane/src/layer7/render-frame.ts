import { type ClusterSettings, hostAndPort, usualTimes } from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import { type NodeFacts, type Peer } from '../picture.ts';
import { comment, heading, line } from './config-text.ts';
import { type Layer7Spec } from './desired.ts';
import { fallbackPage } from './fallback-page.ts';

/** What decides the frame. The same object means unchanged. */
export type Frame = { readonly node: NodeFacts; readonly hardStopAfter: ClusterSettings['hardStopAfter'] };

/**
 * Everything of haproxy.cfg that is not a service. Paths are relative to HAProxy's working folder and the local peer's
 * name is an argument of HAProxy (`-L`), so that all nodes of a cluster have the same text.
 *
 * A worker is recognised by the `name` of its configuration, in `show info` and by its socket: see `configurationName`.
 */
export const renderFrame = ({ node, hardStopAfter }: Frame, name: string): string =>
  [
    comment('Written by Evenkeel from its book. Changes made here are lost.'),
    ...global(node, hardStopAfter, name),
    ...peers(node),
    ...defaults,
  ].join('');

/**
 * The worker's own socket, in HAProxy's working folder. Each edition has its own: what connects there can only reach a
 * worker of that edition, never an old one that is still finishing connections.
 */
export const workerSocket = (name: string): string => `worker-${name.slice(-12)}.sock`;

/** The server state file, in HAProxy's working folder. */
export const serverStateFile = 'servers.state';

export const peersSection = 'evenkeel';

/** The named defaults that a service starts from. */
export const defaultsFor = (spec: Layer7Spec): string => {
  if (spec.mode === 'tcp') return 'tcp';
  return 'fallback' in spec && spec.fallback.kind === 'page' ? 'http-page' : 'http';
};

const global = ({ maxSockets }: NodeFacts, hardStopAfter: Frame['hardStopAfter'], name: string): readonly string[] => [
  heading('global'),
  line('description', name),
  line('stats', 'socket', `unix@${workerSocket(name)}`, 'mode', 600, 'level', 'admin', 'expose-fd', 'listeners'),
  line('stats', 'maxconn', 100),
  line('stats', 'timeout', '1m'),
  line('server-state-file', serverStateFile),
  line('fd-hard-limit', maxSockets),
  // Unlimited, whatever a version's default is: an old process must not end by the number of reloads since, however busy.
  line('mworker-max-reloads', 2_147_483_647),
  ...(hardStopAfter === 'never' ? [] : [line('hard-stop-after', hardStopAfter)]),
  // HAProxy would read all certificates of the system for an HTTP client that nobody uses: 30 ms of every start and
  // every check of a file (2.6.12 on Debian 12).
  '.if feature(OPENSSL)\n',
  line('httpclient.ssl.verify', 'none'),
  '.endif\n',
];

/**
 * Stick tables live through a reload because the old worker hands them to the new one as its peer. A node that shares with
 * nobody does that over a socket in its own folder: no port that others could reach, and none that could be taken. One that
 * may share does it where the others will reach it, even while it is alone: the old worker teaches at the address that it
 * knows itself by, so another node may come and go, but that address must not change with it.
 */
const peers = ({ name, peers: known }: NodeFacts): readonly string[] => {
  if (known.length === 0) return ['\n', heading('peers', peersSection), lonePeer];
  assert(
    known.some((peer) => peer.name === name),
    `node ${name} is not among its own peers`,
  );
  return ['\n', heading('peers', peersSection), ...known.toSorted(byName).map(peerLine)];
};

/**
 * Its name is what HAProxy was started with, so that nodes have the same text also while each is alone. Source: HAProxy
 * configuration manual 2.6, 2.3 "Environment variables", `HAPROXY_LOCALPEER`; tried on 2.6.12.
 */
const lonePeer = '  peer "${HAPROXY_LOCALPEER}" unix@peers.sock\n';

const byName = (a: Peer, b: Peer): number => (a.name < b.name ? -1 : 1);

const peerLine = ({ name, address, port }: Peer): string => line('peer', name, hostAndPort(address, port));

const common = [
  line('load-server-state-from-file', 'global'),
  line('timeout', 'queue', usualTimes.queueTimeout),
  // One side has ended and the other says nothing more: idle times of hours would keep such connections as long.
  line('timeout', 'client-fin', '5m'),
  line('timeout', 'server-fin', '5m'),
];

const defaults: readonly string[] = [
  '\n',
  heading('defaults', 'tcp'),
  line('mode', 'tcp'),
  // Else the bytes of an association count when it ends: when the old process that had it ends too, and nobody can ask it.
  line('option', 'contstats'),
  ...common,
  '\n',
  // Keep-alive on both sides and reuse of idle server connections where it is safe are HAProxy's own defaults.
  heading('defaults', 'http'),
  line('mode', 'http'),
  ...common,
  line('timeout', 'http-keep-alive', usualTimes.keepAliveTimeout),
  line('timeout', 'tunnel', usualTimes.tunnelTimeout),
  '\n',
  heading('defaults', 'http-page', 'from', 'http'),
  line(
    ...['http-error', 'status', 503, 'content-type', 'text/html; charset=utf-8', 'string', fallbackPage],
    ...['hdr', 'Cache-Control', 'no-store', 'hdr', 'Retry-After', '60'],
  ),
];
