import {
  type HealthCell,
  healthCheckOf,
  type HealthRow,
  type OverviewRealServer,
  type RealServerId,
  type Verdict,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';
import { rowsOf } from './overview.ts';
import type { Observed } from './seen.ts';

/** Which cells are wanted. A service without any of them has no row. */
export type CellFilter = { readonly machine?: string | undefined; readonly onlyProblems: boolean };

/**
 * Services against machines: the rows of `services`, one after the other, so that whoever needs one page works out no more. In
 * the words of the overview, and with who asked.
 */
export function* matrixRows(
  cluster: Cluster,
  verdicts: ReadonlyMap<RealServerId, Verdict>,
  observed: Observed,
  services: Iterable<VirtualServiceState>,
  { machine, onlyProblems }: CellFilter,
): Generator<HealthRow> {
  const rowOf = rowsOf(cluster, verdicts, observed);
  for (const service of services) {
    const all = rowOf(service).realServers;
    const wanted = all.filter(
      ({ address, state }) => (machine === undefined || address === machine) && !(onlyProblems && state === 'up'),
    );
    const isLeftOut = wanted.length === 0 && (onlyProblems || machine !== undefined);
    if (!isLeftOut) yield { ...headOf(service), cells: wanted.map((row) => cellOf(row, verdicts.get(row.id))) };
  }
}

const headOf = ({ id, spec, enabled }: VirtualServiceState): Omit<HealthRow, 'cells'> => {
  const { label, application } = spec;
  const healthCheck = healthCheckOf(spec) ?? { kind: 'none' };
  return {
    virtualService: { id, label, ...(application === undefined ? {} : { application }) },
    enabled,
    check: { kind: healthCheck.kind, ...('interval' in healthCheck ? { interval: healthCheck.interval } : {}) },
  };
};

const cellOf = (row: OverviewRealServer, verdict: Verdict | undefined): HealthCell => {
  const { id, label, address, state, reason, detail, since } = row;
  const last = verdict?.evidence.at(-1);
  return {
    realServerId: id,
    label,
    machine: address,
    state,
    verdict: row.verdict,
    reason,
    detail,
    since,
    ...(verdict === undefined ? {} : { checker: verdict.checker }),
    ...(last === undefined ? {} : { lastResult: { at: last.at, latencyMs: last.latencyMs } }),
  };
};
