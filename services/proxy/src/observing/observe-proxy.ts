import type { NodeName, NodeReport } from '@evenkeel/contracts';
import { gauge, observeNats, type Observed } from '@evenkeel/telemetry';
import type { BusLink } from '../bus-link.ts';
import type { Worker } from '../worker.ts';

/** What a worker is made of, as far as an observer needs it. */
export type Seen = {
  readonly node: NodeName;
  readonly worker: Worker;
  readonly haproxy: () => NodeReport['haproxy'];
  readonly bus: BusLink;
};

/**
 * Metrics and health of a worker. It stays ready without Postgres, NATS and config: it serves what it knows, and says that it
 * is degraded. Returns how to end them.
 */
export const observeProxy = (observed: Observed, seen: Seen): (() => void) => {
  const { node, worker, haproxy, bus } = seen;
  const report = (): NodeReport | undefined => worker.lastReport();
  const without = 'what was known last is served';
  const ends = [
    observeNats(observed, { process: 'proxy', neededTo: 'degraded', without }, (onNews) => bus.watch(onNews)),
    gauge('nodeRevision', (observe) => {
      const last = report();
      if (last !== undefined) observe({ node, kind: 'seen' }, last.observed);
    }),
    gauge('oldWorkers', (observe) => {
      const status = haproxy();
      if (status !== undefined) observe({ node }, status.oldWorkers);
    }),
    gauge('oldWorkerAge', (observe) => {
      const old = haproxy()?.oldProcesses;
      if (old !== undefined) observe({ node }, old[0]?.ageSeconds ?? 0);
    }),
    gauge('oldWorkerConnections', (observe) => {
      const old = haproxy()?.oldProcesses;
      if (old !== undefined) observe({ node }, sumOf(old.map(({ connections = 0 }) => connections)));
    }),
    observed.health.add(
      {
        name: 'proxy first picture',
        neededTo: 'start',
        whatIsWrong: () =>
          report() === undefined ? 'this node has served nothing before, and has not read the book' : undefined,
      },
      { name: 'proxy data plane', neededTo: 'ready', whatIsWrong: () => worker.lastFailure()?.message },
      { name: 'proxy convergence', neededTo: 'degraded', whatIsWrong: () => openIn(report()) },
    ),
  ];
  return () => ends.forEach((end) => end());
};

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

const openIn = (report: NodeReport | undefined): string | undefined => {
  if (report?.rejection !== undefined)
    return `${report.rejection.engine} refused revision ${report.rejection.revision}`;
  const open = report?.waitingFor.length ?? 0;
  return open === 0 ? undefined : `${open} differences are open`;
};
