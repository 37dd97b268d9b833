import { NodeName, type NodeReport, type Revision } from '@evenkeel/contracts';
import { aNodeReport } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { convergenceOf, emptyFleet, forgetTheGone, silentAfterMs, takeReport } from './fleet.ts';

const at = (revision: number): Revision => revision as Revision;

const reportOf = (node: string, observed: number, more: Partial<NodeReport> = {}): NodeReport =>
  aNodeReport({ node: NodeName.parse(node), received: at(observed), observed: at(observed), ...more });

const fleetOf = (...reports: NodeReport[]) =>
  reports.reduce((fleet, report) => takeReport(fleet, report, 0), emptyFleet);

it('has converged when every live node has seen the revision or a later one', () => {
  const fleet = fleetOf(reportOf('lb-a', 7), reportOf('lb-b', 9));
  expect(convergenceOf(fleet, at(7), 0).state).toBe('converged');
  expect(convergenceOf(fleet, at(8), 0).state).toBe('pending');
});

it('never converges without a node that could have seen it', () => {
  expect(convergenceOf(emptyFleet, at(1), 0).state).toBe('pending');
});

it('does not wait for a silent node, and names it', () => {
  const late = silentAfterMs + 1;
  const fleet = takeReport(fleetOf(reportOf('lb-a', 3)), reportOf('lb-b', 9), late);
  expect(convergenceOf(fleet, at(9), late)).toMatchObject({ state: 'converged', silent: ['lb-a'] });
});

it('says rejected, with the words, when a node refused this revision or a later one', () => {
  const rejection = {
    engine: 'haproxy',
    revision: at(8),
    words: 'unknown keyword',
    since: '2026-11-22T03:00:00.000Z',
  } as const;
  const fleet = fleetOf(reportOf('lb-a', 7, { rejection }), reportOf('lb-b', 8));
  expect(convergenceOf(fleet, at(8), 0)).toMatchObject({
    state: 'rejected',
    nodes: [{ state: 'rejected', rejection }, {}],
  });
  expect(convergenceOf(fleet, at(7), 0).state).toBe('converged');
});

it('takes a claim back when the node reports that it fell behind', () => {
  const fleet = takeReport(fleetOf(reportOf('lb-a', 9)), reportOf('lb-a', 4, { sequence: 2 }), 0);
  expect(convergenceOf(fleet, at(9), 0).state).toBe('pending');
});

it('ignores late news of the same run, and believes a new run that starts counting again', () => {
  const first = fleetOf(reportOf('lb-a', 9, { sequence: 5 }));
  expect(takeReport(first, reportOf('lb-a', 8, { sequence: 4 }), 0)).toBe(first);
  const restarted = takeReport(first, reportOf('lb-a', 0, { sequence: 1, run: 'second' }), 0);
  expect(convergenceOf(restarted, at(9), 0).state).toBe('pending');
});

describe('how far a node is with a revision', () => {
  const stageOf = (observed: number, more: Partial<NodeReport>) =>
    convergenceOf(fleetOf(reportOf('lb-a', observed, more)), at(8), 0).nodes[0]?.stage;
  const since = '2026-11-22T03:00:00.000Z';

  it.each<[string, number, Partial<NodeReport>]>([
    ['unheard', 7, {}],
    ['received', 7, { received: at(8), validated: at(7) }],
    ['received', 7, { received: at(8) }],
    ['validated', 7, { received: at(8), validated: at(8), waitingFor: ['HAProxy does not run'] }],
    ['observed', 8, { validated: at(8) }],
    ['observed', 9, {}],
    [
      'failing',
      7,
      { received: at(8), failing: [{ engine: 'nftables', kind: 'unreachable', words: 'no answer', since }] },
    ],
    ['failing', 7, { received: at(8), rejection: { engine: 'haproxy', revision: at(8), words: 'no', since } }],
  ])('is %s when %i was seen running and it reports %j', (stage, observed, more) => {
    expect(stageOf(observed, more)).toBe(stage);
  });
});

describe('how a revision came to run', () => {
  const appliedAs = (revision: number, method: NodeReport['method'], reasons: string[] = []) => ({
    applied: { revision: at(revision), method, reasons, durationMs: revision, time: '2026-11-22T03:00:00.000Z' },
    method: 'none' as const,
    durationMs: 0,
  });
  const fleet = fleetOf(
    reportOf('lb-a', 7, { sequence: 1, ...appliedAs(7, 'reload', ['DICOM (vs1) is new']) }),
    reportOf('lb-a', 9, { sequence: 2, ...appliedAs(9, 'runtime') }),
    reportOf('lb-a', 9, { sequence: 3, ...appliedAs(9, 'runtime') }),
  );
  const of = (revision: number) => convergenceOf(fleet, at(revision), 0).nodes[0];

  it('is told long after the round that did it', () => {
    expect(of(7)).toMatchObject({
      method: 'reload',
      reloadReasons: ['DICOM (vs1) is new'],
      durationMs: 7,
      appliedAs: 7,
    });
    expect(of(9)).toMatchObject({ method: 'runtime', reloadReasons: [], durationMs: 9, appliedAs: 9 });
  });

  it('names the later revision that it came with', () => {
    expect(of(8)).toMatchObject({ method: 'runtime', appliedAs: 9 });
  });

  it('is not told of a revision that does not run', () => {
    expect(of(10)).not.toHaveProperty('appliedAs');
  });

  it('is forgotten of what has not happened in a book that was put back', () => {
    const back = takeReport(fleet, reportOf('lb-a', 8, { sequence: 4, ...appliedAs(8, 'start') }), 0);
    expect(convergenceOf(back, at(8), 0).nodes[0]).toMatchObject({ method: 'start', appliedAs: 8 });
  });
});

it('forgets a node that has been gone for a day', () => {
  expect(forgetTheGone(fleetOf(reportOf('lb-a', 1)), 24 * 3_600_000).size).toBe(0);
});

it('does not wait for a node that was stopped on purpose, nor call it silent; it is back with its next report', () => {
  const left = takeReport(fleetOf(reportOf('lb-a', 3), reportOf('lb-b', 9)), reportOf('lb-a', 3, { leaving: true }), 0);
  const late = silentAfterMs + 1;
  expect(convergenceOf(left, at(9), 0)).toMatchObject({ state: 'converged', silent: [] });
  expect(convergenceOf(left, at(9), late).silent).toEqual(['lb-b']);
  const back = takeReport(left, reportOf('lb-a', 3, { run: 'second' }), late);
  expect(convergenceOf(back, at(9), late)).toMatchObject({ state: 'pending', silent: ['lb-b'] });
});
