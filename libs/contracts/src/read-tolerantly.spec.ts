import { expect, it } from '@jest/globals';
import { NodeReport } from './nodes/report.ts';
import { JournalEntry } from './rest/journal.ts';
import { readTolerantly } from './read-tolerantly.ts';

const report = {
  node: 'lb-a',
  sequence: 1,
  run: 'first',
  time: '2026-11-22T03:00:00.000Z',
  received: 7,
  observed: 7,
  configurationHash: 'a'.repeat(64),
  method: 'runtime',
  reloadReasons: [],
  durationMs: 3,
  waitingFor: [],
  failing: [{ engine: 'haproxy', kind: 'refused', words: 'no', since: '2026-11-22T03:00:00.000Z' }],
  layer4: { state: 'able' },
  version: '0.1.0',
};

it('leaves out what it does not know, at every depth, and keeps the rest', () => {
  const newer = {
    ...report,
    moonPhase: 'full',
    failing: report.failing.map((one) => ({ ...one, colour: 'red' })),
    layer4: { ...report.layer4, since: 'yesterday', because: { of: 'something' } },
  };
  expect(readTolerantly(NodeReport, newer)).toEqual(report);
});

it('is no shrug: a known field that does not fit is a reason to read nothing', () => {
  expect(readTolerantly(NodeReport, { ...report, moonPhase: 'full', observed: -1 })).toBeUndefined();
  expect(readTolerantly(NodeReport, { ...report, observed: undefined })).toBeUndefined();
  expect(readTolerantly(NodeReport, null)).toBeUndefined();
});

it('does not guess at a kind that was invented later', () => {
  expect(readTolerantly(JournalEntry, { kind: 'role-changed', sequence: 1, id: 'x' })).toBeUndefined();
});

it('reads what this version writes as it was written, strictly or not', () => {
  expect(NodeReport.parse(report)).toEqual(report);
  expect(() => NodeReport.parse({ ...report, moonPhase: 'full' })).toThrow();
});
