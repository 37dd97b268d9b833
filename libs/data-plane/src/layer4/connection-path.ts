import { type Transport } from '@evenkeel/cluster';
import { type Span } from '@evenkeel/contracts';
import { type Layer4Desired } from './desired.ts';

/** A way by which connections reach a real server: where the client went, and where it was sent. */
export type ConnectionPath = {
  /** Number of the real server. */
  readonly server: number;
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;
  readonly toAddress: string;
  readonly toPort: number;
};

/** A path that the kernel knows connections on; `connections` counts those that are not closed already. */
export type UsedPath = ConnectionPath & { readonly connections: number };

/** Connections to end: all of one real server, or those of one path. */
export type ConnectionEnding = { readonly server: number } | ConnectionPath;

/** Where connections may live: every port from `from` to `to`. `toPort` undefined: the port that the client came to. */
export type AllowedPath = Omit<ConnectionPath, 'port' | 'toPort'> & Span & { readonly toPort: number | undefined };

/** The paths on which connections may live. */
export const pathsOf = (services: readonly Layer4Desired[]): readonly AllowedPath[] =>
  services.flatMap(({ endpoints, members }) =>
    members
      .filter(({ keepsConnections }) => keepsConnections)
      .flatMap(({ number: server, address: toAddress, port: toPort }) =>
        endpoints.map((endpoint) => ({ ...endpoint, server, toAddress, toPort })),
      ),
  );

/**
 * What to end so that of the connections on `used` paths only those on `allowed` ones stay. A connection outlives the
 * rules that made it: without this, a UDP client would talk to a dead server for as long as it talks.
 */
export const endingsOf = (
  used: readonly ConnectionPath[],
  allowed: readonly AllowedPath[],
): readonly ConnectionEnding[] => {
  const isAllowed = allowanceOf(allowed);
  const staying = new Set(allowed.map(({ server }) => server));
  const stray = new Map(
    used
      .filter((path) => !isAllowed({ ...path, from: path.port, to: path.port }))
      .map((path) => [`${keyOf(path)} ${path.port} ${path.toPort}`, path] as const),
  );
  const gone = new Set([...stray.values()].map(({ server }) => server).filter((server) => !staying.has(server)));
  return [...[...gone].map((server) => ({ server })), ...[...stray.values()].filter(({ server }) => !gone.has(server))];
};

/**
 * Where connections may still be that were allowed `before` and are not now. Undefined where only the kernel can tell: it is
 * asked to forget one port at a time, and nobody asks for a whole range.
 */
export const leftOver = (
  before: readonly AllowedPath[],
  allowed: readonly AllowedPath[],
): readonly ConnectionPath[] | undefined => {
  const isAllowed = allowanceOf(allowed);
  const staying = new Set(allowed.map(({ server }) => server));
  const stray = before.filter((path) => !isAllowed(path));
  if (stray.some(({ from, to, server }) => from < to && staying.has(server))) return undefined;
  // Of a server that is gone altogether any port will do: all its connections end.
  return stray.map(({ server, transport, address, from, toAddress, toPort }) => ({
    ...{ server, transport, address, toAddress },
    ...{ port: from, toPort: toPort ?? from },
  }));
};

/** Whether all ports of a path are allowed. Spans of one service never touch, so one of them has it whole. */
const allowanceOf = (allowed: readonly AllowedPath[]): ((path: AllowedPath | SinglePath) => boolean) => {
  const byKey = Map.groupBy(allowed, keyOf);
  return (path) =>
    (byKey.get(keyOf(path)) ?? []).some(
      ({ from, to, toPort }) => from <= path.from && path.to <= to && isSameEnd(toPort, path),
    );
};

type SinglePath = ConnectionPath & Span;

/** One port of its own, or the client's: for a single port that may be the same. */
const isSameEnd = (toPort: number | undefined, path: AllowedPath | SinglePath): boolean =>
  toPort === path.toPort || (path.from === path.to && (toPort ?? path.from) === (path.toPort ?? path.from));

const keyOf = ({ server, transport, address, toAddress }: Omit<ConnectionPath, 'port' | 'toPort'>): string =>
  `${server} ${transport} ${address} ${toAddress}`;
