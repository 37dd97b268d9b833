import type { ProbeResult } from '@evenkeel/contracts';
import { aVerdict, someTime } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import { lastWordOf } from './last-word.ts';

const result = (outcome: ProbeResult['outcome'], reason: ProbeResult['reason']): ProbeResult => ({
  outcome,
  reason,
  detail: 'as seen',
  latencyMs: 1,
  at: someTime,
});

it('is what the verdict says', () =>
  expect(lastWordOf(aVerdict({ state: 'down', reason: 'dicom-timeout' }))).toEqual({
    state: 'down',
    reason: 'dicom-timeout',
  }));

it('gives a follower the reason of the check that it follows: of the newest result that failed', () => {
  const evidence = [
    result('failed', 'dicom-timeout'),
    result('failed', 'connect-refused'),
    result('passed', 'check-passed'),
  ];
  expect(lastWordOf(aVerdict({ state: 'down', reason: 'followed', evidence }))).toEqual({
    state: 'down',
    reason: 'connect-refused',
  });
  expect(lastWordOf(aVerdict({ state: 'unknown', reason: 'followed' })).reason).toBe('followed');
});
