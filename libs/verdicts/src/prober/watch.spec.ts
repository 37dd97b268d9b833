import { TcpCheck, type Verdict } from '@evenkeel/contracts';
import { aVerdict, someTime } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { neverChecked, nextVerdict } from '../target-verdict.ts';
import type { WantedCheck } from '../wanted.ts';
import { beginWatch, firstVerdict, nextDueMs } from './watch.ts';

const wanted = (interval: string): WantedCheck => ({
  key: 'key',
  check: TcpCheck.parse({ kind: 'connect', interval }) as WantedCheck['check'],
  target: { address: '192.168.85.200', port: 104 },
  audience: [],
});

const watch = (dueMs: number) => ({
  ...beginWatch(wanted('2s'), neverChecked(someTime), { nowMs: 0, refreshMs: 10_000, random: () => 0 }),
  dueMs,
});

describe('the next time', () => {
  it.each([
    ['an interval later', 1_001, 3_000],
    ['at once after a question that took longer than the interval', 3_400, 3_000],
    ['at its old place in the interval after a long pause', 61_500, 63_000],
    ['not before now after a long pause that ends on it', 61_000, 61_000],
  ])('is %s', (_when, nowMs, nextMs) => {
    expect(nextDueMs(watch(1_000), nowMs)).toBe(nextMs);
  });
});

describe('the interval', () => {
  const check = TcpCheck.parse({ kind: 'connect', interval: '2s', intervalRising: '500ms', intervalDown: '10s' });
  const told = { reason: 'check-passed', detail: 'seen', latencyMs: 1, at: someTime } as const;
  const after = (letters: string) => {
    const asked = { ...wanted('2s'), check: check as WantedCheck['check'] };
    const outcomes = [...letters].map((letter) => (letter === 'p' ? 'passed' : 'failed'));
    const verdict = outcomes.reduce(
      (before, outcome) => nextVerdict(before, { ...told, outcome }, { rise: 2, fall: 3 }),
      neverChecked(someTime),
    );
    return nextDueMs({ wanted: asked, verdict, dueMs: 0 }, 10);
  };

  it.each([
    ['is the usual one before anything is known', '', 2_000],
    ['is the usual one of a server that is up', 'p', 2_000],
    ['is the usual one of a server that is up and begins to fail', 'pff', 2_000],
    ['is that of a server that is down', 'fff', 10_000],
    ['is that of a server that rises', 'fffp', 500],
    ['is that of a server that is down when it fails again', 'fffpf', 10_000],
    ['is the usual one again', 'fffpp', 2_000],
  ])('%s', (_what, letters, dueMs) => {
    expect(after(letters)).toBe(dueMs);
  });

  it.each([
    [0, 1_600],
    [0.5, 2_000],
    [0.999, 2_399],
  ])('is moved by jitter: with chance %d to %i ms', (chance, dueMs) => {
    const jittery = { ...wanted('2s'), check: TcpCheck.parse({ kind: 'connect', interval: '2s', jitter: 20 }) };
    const asked = jittery as WantedCheck;
    const due = nextDueMs({ wanted: asked, verdict: neverChecked(someTime), dueMs: 0 }, 10, chance);
    expect(Math.round(due)).toBe(dueMs);
  });
});

describe('the first time', () => {
  it.each([
    ['500ms', 0.5, 250],
    ['2s', 0.5, 1_000],
    ['1h', 0.5, 1_000], // nobody waits an hour for the first verdict
  ])('with interval %s and chance %d is after %i ms', (interval, chance, dueMs) => {
    const timing = { nowMs: 0, refreshMs: 10_000, random: () => chance };
    expect(beginWatch(wanted(interval), neverChecked(someTime), timing).dueMs).toBe(dueMs);
  });
});

describe('the first verdict', () => {
  const at = (since: string, fields: Partial<Verdict>): Verdict => aVerdict({ since, ...fields });

  it('is the newest judgement about the real servers that share the target', () => {
    const older = at('2026-03-01T08:00:00.000Z', { state: 'up' });
    const newer = at('2026-03-01T09:00:00.000Z', { state: 'down', reason: 'connect-timeout' });
    expect(firstVerdict([older, newer], someTime)).toMatchObject({ state: 'down', since: newer.since });
  });

  it.each([
    ['no verdict', []],
    ['one that says nothing', [at(someTime, { state: 'unknown', reason: 'dicom-rejected' })]],
    ['one without a check', [at(someTime, { state: 'up', reason: 'not-checked' })]],
    ["another service's", [at(someTime, { state: 'down', reason: 'followed' })]],
  ])('is unknown after %s', (_what, last) => {
    expect(firstVerdict(last, someTime)).toMatchObject({ state: 'unknown', reason: 'never-checked' });
  });
});
