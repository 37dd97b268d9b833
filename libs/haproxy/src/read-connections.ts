import { type Connections } from '@evenkeel/data-plane';
import { readColumns } from './read-columns.ts';

/** Frontends (1) and servers (4), in every proxy. */
export const connectionsQuestion = 'show stat -1 5 -1';

/** Open connections by name of service and of server, summed over the answers of several workers. */
export const readConnections = (answers: readonly string[]): Connections => {
  const sums = new Map<string, number>();
  for (const answer of answers) {
    for (const { pxname, svname, scur } of readColumns(answer, ',', ['pxname', 'svname', 'scur'])) {
      const name = svname === 'FRONTEND' ? pxname : svname;
      sums.set(name, (sums.get(name) ?? 0) + Number(scur));
    }
  }
  return sums;
};
