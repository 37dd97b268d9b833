import { HealthRow, type ProbeResult, type RealServerId, type Verdict } from '@evenkeel/contracts';
import { aVerdict, realServerId, someTime } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import { clusterOf, dicomWithTwo, drainStarted, serverAdded, serviceAdded } from '../../test/told.ts';
import { type CellFilter, matrixRows } from './matrix.ts';
import { nothingObserved } from './seen.ts';

const asked: ProbeResult = {
  outcome: 'failed',
  reason: 'connect-refused',
  detail: 'refused',
  latencyMs: 1.5,
  at: '2026-03-01T09:00:00.000Z',
};
const verdicts: ReadonlyMap<RealServerId, Verdict> = new Map(
  [
    aVerdict({ realServerId: realServerId(51) }),
    aVerdict({
      realServerId: realServerId(52),
      state: 'down',
      reason: 'connect-refused',
      detail: 'refused',
      evidence: [asked],
    }),
  ].map((verdict) => [verdict.realServerId, verdict]),
);
const everything: CellFilter = { onlyProblems: false };
const rowsIn = (cluster: ReturnType<typeof clusterOf>, filter = everything): HealthRow[] =>
  [...matrixRows(cluster, verdicts, nothingObserved, cluster.virtualServices.values(), filter)].map((row) =>
    HealthRow.parse(row),
  );

it('shows for each real server its state, why and since when, who asked, and how long that took', () => {
  const [row] = rowsIn(clusterOf(...dicomWithTwo));
  expect(row?.cells).toMatchObject([
    { state: 'up', reason: 'check-passed', checker: 'health-1', since: someTime },
    {
      state: 'down',
      reason: 'connect-refused',
      detail: 'refused',
      lastResult: { at: asked.at, latencyMs: 1.5 },
    },
  ]);
});

it('has a reason for one that nobody has judged, and names no checker', () => {
  const cluster = clusterOf(serviceAdded(1), serverAdded(77, 1));
  const cell = rowsIn(cluster)[0]?.cells[0];
  expect(cell).toMatchObject({ state: 'unknown', reason: 'never-checked', detail: 'not checked yet' });
  expect(cell).not.toHaveProperty('checker');
});

it('shows problems alone when it is asked for them: a drain is one too, and services without any are left out', () => {
  const cluster = clusterOf(...dicomWithTwo, serviceAdded(3, { ports: [81] }));
  const rows = rowsIn(cluster, { onlyProblems: true });
  expect(rows.map(({ cells }) => cells.map(({ state }) => state))).toEqual([['down']]);
  const drained = clusterOf(...dicomWithTwo, drainStarted(51));
  expect(rowsIn(drained, { onlyProblems: true })[0]?.cells.map(({ state }) => state)).toEqual(['draining', 'down']);
});

it('shows one machine when it is asked for it', () => {
  const cluster = clusterOf(...dicomWithTwo);
  const address = cluster.realServers.get(realServerId(52))?.spec.address ?? '';
  const rows = rowsIn(cluster, { machine: address, onlyProblems: false });
  expect(rows.flatMap(({ cells }) => cells.map(({ machine }) => machine))).toEqual([address]);
  expect(rowsIn(cluster, { machine: '192.168.85.99', onlyProblems: false })).toEqual([]);
});
