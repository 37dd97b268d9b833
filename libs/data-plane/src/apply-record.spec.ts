import { type ApplyMethod, type Revision } from '@evenkeel/contracts';
import { beforeEach, expect, it } from '@jest/globals';
import { ApplyRecord } from './apply-record.ts';

let record: ApplyRecord;
beforeEach(() => {
  record = new ApplyRecord();
});

const round = (received: number, observed: number, method: ApplyMethod = 'none', reloadReasons: string[] = []) =>
  record.after(
    { received: received as Revision, observed: observed as Revision, method, reloadReasons, durationMs: 5 },
    `second ${received}`,
  ).applied;

it('knows nothing before a revision was seen running', () => {
  expect(round(7, 0, 'start', ['HAProxy was not running'])).toBeUndefined();
});

it('adds up all rounds that a revision took, and names the method that a client may notice most', () => {
  round(7, 0, 'reload', ['DICOM (vs1) is new']);
  expect(round(7, 7, 'runtime')).toEqual({
    revision: 7,
    method: 'reload',
    reasons: ['DICOM (vs1) is new'],
    durationMs: 10,
    time: 'second 7',
  });
});

it('stays what it was when more is done at the same revision', () => {
  const first = round(7, 7, 'runtime');
  expect(round(7, 7, 'reload', ['drift'])).toBe(first);
  expect(round(7, 0)).toBe(first);
  expect(round(7, 7, 'start')).toBe(first);
});

it('begins anew with the next revision', () => {
  round(7, 7, 'reload', ['DICOM (vs1) is new']);
  expect(round(8, 8, 'none')).toMatchObject({ revision: 8, method: 'none', reasons: [], durationMs: 5 });
});

it('counts what a refused revision took to the one that healed it', () => {
  round(7, 7, 'start');
  round(8, 7);
  expect(round(9, 9, 'runtime')).toMatchObject({ revision: 9, method: 'runtime', durationMs: 10 });
});
