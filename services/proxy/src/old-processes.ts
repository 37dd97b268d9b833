import type { NodeReport, OldProcess } from '@evenkeel/contracts';
import { clientsOf, type ProcessStatistics } from '@evenkeel/data-plane';
import type { OldWorker } from '@evenkeel/haproxy';

/** Contract: a report holds at the most so many. */
const reportedMax = 50;

/** For a node's report: which HAProxy processes a reload has left behind, for how long, and how many clients hold them. */
export const oldProcesses = (
  workers: readonly OldWorker[],
  statistics: readonly ProcessStatistics[],
): Pick<NonNullable<NodeReport['haproxy']>, 'oldWorkers' | 'oldProcesses'> => {
  const clients = new Map(statistics.map((one) => [one.pid, clientsOf(one)]));
  const oldestFirst = workers.toSorted((a, b) => b.ageSeconds - a.ageSeconds).slice(0, reportedMax);
  return {
    oldWorkers: workers.length,
    oldProcesses: oldestFirst.map(({ pid, ageSeconds }) => withClients({ pid, ageSeconds }, clients.get(pid))),
  };
};

const withClients = (old: OldProcess, connections: number | undefined): OldProcess =>
  connections === undefined ? old : { ...old, connections };
