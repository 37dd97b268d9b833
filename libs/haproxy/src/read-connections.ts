import { type Connections } from '@evenkeel/data-plane';
import { readColumns } from './read-columns.ts';

/** Frontends (1) and servers (4), in every proxy. */
export const connectionsQuestion = 'show stat -1 5 -1';

/** Open connections by name of service and of server, summed over the answers of several workers. */
export const readConnections = (answers: readonly string[]): Connections => {
  const sums = new Map<string, number>();
  for (const answer of answers) {
    for (const [proxy = '', server = '', count] of readColumns(answer, ',', ['pxname', 'svname', 'scur'])) {
      const name = server === 'FRONTEND' ? proxy : server;
      sums.set(name, (sums.get(name) ?? 0) + Number(count));
    }
  }
  return sums;
};
