import { fallbackName, type ProcessStatistics, type Statistics } from '@evenkeel/data-plane';
import { readColumns } from './read-columns.ts';

/** Frontends (1) and servers (4), in every proxy. */
export const statisticsQuestion = 'show stat -1 5 -1';

const columns = ['pxname', 'svname', 'scur', 'stot', 'bin', 'bout', 'ereq', 'econ', 'eresp'];

/** By name of service and of server; undefined when this is not the answer: that of a worker that has ended is empty. */
export const readStatistics = (answer: string): ProcessStatistics['counted'] => {
  if (!answer.includes('# pxname')) return undefined;
  const rows = readColumns(answer, ',', columns).filter(([, server]) => server !== fallbackName); // each service has one
  return new Map(
    rows.map(([proxy = '', server = '', ...counts]) => [
      server === 'FRONTEND' ? proxy : server,
      statisticsOf(counts.map(Number)),
    ]),
  );
};

const statisticsOf = ([
  open = 0,
  sessions = 0,
  bytesIn = 0,
  bytesOut = 0,
  ...errors
]: readonly number[]): Statistics => ({
  ...{ open, sessions, bytesIn, bytesOut },
  errors: errors.reduce((sum, count) => sum + count, 0),
});
