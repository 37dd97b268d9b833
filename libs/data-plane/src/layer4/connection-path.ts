import { type Transport } from '@evenkeel/cluster';
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

/** The paths on which connections may live. */
export const pathsOf = (services: readonly Layer4Desired[]): readonly ConnectionPath[] =>
  services.flatMap(({ endpoints, members }) =>
    members
      .filter(({ keepsConnections }) => keepsConnections)
      .flatMap(({ number, address: toAddress, port: fixedPort }) =>
        endpoints.map(({ address, port, transport }) => ({
          server: number,
          transport,
          address,
          port,
          toAddress,
          toPort: fixedPort ?? port,
        })),
      ),
  );

/**
 * What to end so that of the connections on `used` paths only those on `allowed` ones stay. A connection outlives the
 * rules that made it: without this, a UDP client would talk to a dead server for as long as it talks.
 */
export const endingsOf = (
  used: readonly ConnectionPath[],
  allowed: readonly ConnectionPath[],
): readonly ConnectionEnding[] => {
  const allowedKeys = new Set(allowed.map(keyOf));
  const staying = new Set(allowed.map(({ server }) => server));
  const stray = new Map(used.map((path) => [keyOf(path), path] as const).filter(([key]) => !allowedKeys.has(key)));
  const gone = new Set([...stray.values()].map(({ server }) => server).filter((server) => !staying.has(server)));
  return [...[...gone].map((server) => ({ server })), ...[...stray.values()].filter(({ server }) => !gone.has(server))];
};

const keyOf = ({ server, transport, address, port, toAddress, toPort }: ConnectionPath): string =>
  `${server} ${transport} ${address} ${port} ${toAddress} ${toPort}`;
