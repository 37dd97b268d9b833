import { isServiceName } from './names.ts';

/** What a service (`vs1`) or a server (`rs2`) has counted in one process since that started. */
export type Counted = {
  readonly sessions: number;
  /** From clients. */
  readonly bytesIn: number;
  /** To clients. */
  readonly bytesOut: number;
  /** Of a service: requests that were none. Of a server: connections that failed, and answers. */
  readonly errors: number;
};
export type Statistics = Counted & { readonly open: number };

/** One process of HAProxy: the one that serves, or an old one that still finishes connections. */
export type ProcessStatistics = {
  readonly pid: number;
  /** By name of service and server; undefined when the process lives and did not answer. */
  readonly counted: ReadonlyMap<string, Statistics> | undefined;
};

/** Open connections by name of service (`vs1`) and of server (`rs2`), old workers included. */
export type Connections = ReadonlyMap<string, number>;

/** Summed over all processes. */
export const connectionsIn = (processes: readonly ProcessStatistics[]): Connections => {
  const sums = new Map<string, number>();
  for (const { counted } of processes) {
    for (const [name, { open }] of counted ?? []) sums.set(name, (sums.get(name) ?? 0) + open);
  }
  return sums;
};

/** Open connections of clients to one process; undefined when it did not say. A server's are those of its service. */
export const clientsOf = ({ counted }: ProcessStatistics): number | undefined =>
  counted && [...counted].reduce((sum, [name, { open }]) => (isServiceName(name) ? sum + open : sum), 0);
