import type { NodeReport, NodeSample } from '@evenkeel/contracts';

/** What the nodes say: the newest report of each live one, and the newest counts. */
export type Observed = {
  readonly reports: readonly Pick<NodeReport, 'node' | 'observed' | 'rejection' | 'layer4' | 'verdicts'>[];
  readonly samples: readonly Pick<NodeSample, 'services' | 'realServers'>[];
  /** Wall-clock time of whoever looks, in milliseconds since 1970; without it nothing has an age. */
  readonly nowMs?: number;
  /** When the last checker gave its last sign of life, while none is alive. */
  readonly silentSince?: string;
};

export const nothingObserved: Observed = { reports: [], samples: [] };

/** Open connections by id, of services and of real servers, summed over the nodes. */
export const connectionsById = ({ samples }: Observed): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  for (const { services, realServers } of samples)
    for (const { id, connections } of [...services, ...realServers]) sums.set(id, (sums.get(id) ?? 0) + connections);
  return sums;
};

/** Whether some node has not been seen to run this version; without any node, nobody has. */
export const isPending = ({ reports }: Observed, version: number): boolean =>
  reports.length === 0 || reports.some(({ observed }) => observed < version);
