import { assert } from '@evenkeel/kernel';

// Names in our table come from the numbers of services and real servers, which are stable and never reused.

/** Who may serve a client of this service, in which order. Its counter counts connections. */
export const serviceName = (service: number): string => `service_${service}`;
/** Sends a new connection to this real server. Its counter counts packets and bytes, both ways. */
export const serverName = (server: number): string => `server_${server}`;
/** What happens at every packet of this real server's connections. */
export const seenName = (server: number): string => `seen_${server}`;
/** Counts the connections of a real server that has a limit. */
export const limitName = (server: number): string => `limit_${server}`;
/** The clients that persistence ties to this real server. */
export const clientsName = (server: number): string => `clients_${server}`;

/** The real server whose clients a set holds; undefined for another kind of set. */
export const serverOfClients = (setName: string): number | undefined => {
  const digits = /^clients_(\d+)$/.exec(setName)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/**
 * Connection marks are 0x45 ("E") and the real server's number. Small marks are what policy routing uses, and a mark of
 * somebody else's must never be taken for ours.
 */
export const markPrefix = { addr: 0x45000000, len: 8 } as const;

export const markOf = (server: number): number => {
  assert(server > 0 && server < 2 ** 24, `real server number ${server} does not fit into a connection mark`);
  return markPrefix.addr + server;
};

/** The real server that a mark names; undefined when it is not one of ours. */
export const serverOfMark = (mark: number): number | undefined => {
  const server = mark - markPrefix.addr;
  return server > 0 && server < 2 ** 24 ? server : undefined;
};
