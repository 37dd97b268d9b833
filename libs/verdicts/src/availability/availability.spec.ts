import { type JournalEntry, NodeName, type Verdict, type VerdictEntry } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { blanksIn, silenceNow } from './blanks.ts';
import { type History, timelineOf } from './history.ts';
import { sharesOf } from './shares.ts';
import { asMachine, asService, type Period, type Stretch, type Timeline, timelineFrom, together } from './timeline.ts';

// Times are seconds after this one.
const midnightMs = Date.parse('2026-11-22T00:00:00.000Z');
const at = (seconds: number): number => midnightMs + seconds * 1_000;
const written = (seconds: number): string => new Date(at(seconds)).toISOString();
const period: Period = { fromMs: at(0), toMs: at(100) };

const change = (
  seconds: number,
  from: VerdictEntry['from'],
  to: VerdictEntry['to'],
  fields: Partial<VerdictEntry> = {},
): VerdictEntry => ({
  kind: 'verdict-changed',
  id: `spec:${seconds}`,
  sequence: seconds + 1_000,
  time: written(seconds),
  node: NodeName.parse('health-1'),
  sentence: 'spec',
  entities: [],
  checker: 'health-1',
  virtualService: { id: virtualServiceId(1), label: 'DICOM' },
  realServer: { id: realServerId(2), label: 'PACS1' },
  machine: '192.168.85.200',
  from,
  to,
  detail: 'spec',
  evidence: [],
  ...fields,
});
const now = (state: Verdict['state'], since: number, reason: Verdict['reason'] = 'check-passed'): History['now'] => ({
  state,
  since: written(since),
  reason,
});
const inShort = (timeline: Timeline): string =>
  timeline
    .map(({ fromMs, toMs, state }) => `${state} ${(fromMs - midnightMs) / 1_000}-${(toMs - midnightMs) / 1_000}`)
    .join(', ');
const told = (history: Partial<History>): string =>
  inShort(timelineOf(period, { changes: [], now: undefined, nowMs: at(200), blanks: [], ...history }));

describe('what a real server was when', () => {
  it('is what two records agree on, and what is said now of the time after the last', () => {
    const changes = [change(-50, 'none', 'up'), change(20, 'up', 'down'), change(30, 'down', 'up')];
    expect(told({ changes, now: now('up', 30) })).toBe('up 0-20, down 20-30, up 30-100');
  });

  it('does not ask in which order records came', () => {
    const changes = [change(30, 'down', 'up'), change(20, 'up', 'down', { fromSince: written(-9) })];
    expect(told({ changes, now: now('up', 30) })).toBe('up 0-20, down 20-30, up 30-100');
  });

  it('is unknown before the first record, and before the time since which that one knows', () => {
    expect(told({ changes: [change(20, 'none', 'up')], now: now('up', 20) })).toBe('unknown 0-20, up 20-100');
    const changes = [change(50, 'up', 'down', { fromSince: written(20) })];
    expect(told({ changes, now: now('down', 50) })).toBe('unknown 0-20, up 20-50, down 50-100');
    expect(told({ changes: [change(50, 'up', 'down')], now: now('down', 50) })).toBe('unknown 0-50, down 50-100');
  });

  it('without any record is what is said now, since that is said', () => {
    expect(told({ now: now('up', -500) })).toBe('up 0-100');
    expect(told({ now: now('up', 40) })).toBe('unknown 0-40, up 40-100');
    expect(told({})).toBe('unknown 0-100');
  });

  it('is unknown where records contradict each other: something was lost', () => {
    const changes = [change(10, 'none', 'up'), change(60, 'down', 'up', { fromSince: written(40) })];
    expect(told({ changes, now: now('up', 60) })).toBe('unknown 0-40, down 40-60, up 60-100');
    expect(told({ changes: [change(10, 'none', 'up')], now: now('down', 70) })).toBe('unknown 0-70, down 70-100');
  });

  it('is unknown while it went up and down too often to be written', () => {
    const changes = [
      change(-9, 'none', 'up', { since: written(-9) }),
      change(70, 'up', 'down', { since: written(60), fromSince: written(50), skipped: 7 }),
    ];
    expect(told({ changes, now: now('down', 60) })).toBe('unknown 0-50, up 50-60, down 60-100');
  });

  it('is unknown after the last record when nothing is said now', () => {
    expect(told({ changes: [change(10, 'none', 'up')] })).toBe('unknown 0-100');
  });

  it('is unknown while nobody checked, and then what it was before', () => {
    const blanks = [{ fromMs: at(20), toMs: at(30) }];
    const changes = [change(-5, 'none', 'up')];
    expect(told({ changes, now: now('up', 31), blanks })).toBe('up 0-20, unknown 20-30, up 30-100');
  });

  it('is unknown without a check, whatever is said', () => {
    expect(told({ now: now('up', -500, 'not-checked') })).toBe('unknown 0-100');
    const changes = [
      change(10, 'none', 'up', { reason: 'not-checked' }),
      change(50, 'up', 'down', { fromSince: written(10) }),
    ];
    expect(told({ changes, now: now('down', 50) })).toBe('unknown 0-10, up 10-50, down 50-100');
  });

  it('is unknown while it was not in the book', () => {
    const changes = [change(-9, 'none', 'up'), change(20, 'up', 'none'), change(60, 'none', 'up')];
    expect(told({ changes, now: now('up', 60) })).toBe('up 0-20, unknown 20-60, up 60-100');
  });
});

describe('times that nobody can say anything about', () => {
  const lost = (kinds?: string[]): JournalEntry =>
    ({
      kind: 'records-lost',
      from: written(3),
      to: written(4),
      ...(kinds === undefined ? {} : { kinds }),
    }) as JournalEntry;

  it('are told by a checker that comes back, and by records that were lost, if they were about verdicts', () => {
    const resumed = { kind: 'checks-resumed', silentSince: written(1), time: written(2) } as JournalEntry;
    const entries = [resumed, lost(['verdict-changed', 'rejected']), lost(['rejected']), change(1, 'up', 'down')];
    expect(blanksIn(entries)).toEqual([
      { fromMs: at(1), toMs: at(2) },
      { fromMs: at(3), toMs: at(4) + 1 },
    ]);
    expect(blanksIn([lost()])).toHaveLength(1);
  });

  it('are those since the last sign of life of the last checker', () => {
    expect(silenceNow([at(1), at(50)], at(59))).toEqual([]);
    expect(silenceNow([at(1), at(50)], at(61))).toEqual([{ fromMs: at(50), toMs: Infinity }]);
    expect(silenceNow([], at(61))).toEqual([{ fromMs: -Infinity, toMs: Infinity }]);
  });
});

describe('a service, and a machine', () => {
  const line = (...states: Stretch['state'][]): Timeline =>
    timelineFrom(
      period,
      states.map((state, index) => ({ state, fromMs: at(index * 10), toMs: at(index * 10 + 10) })),
    );

  it('a service is up while one of its real servers is, and down when all are', () => {
    const lines = [line('up', 'down', 'down', 'down'), line('down', 'up', 'down', 'unknown')];
    expect(inShort(together({ fromMs: at(0), toMs: at(40) }, lines, asService))).toMatch(
      /^up 0-20, down 20-30, unknown 30-/,
    );
  });

  it('a machine is up while all on it is, and down when something is', () => {
    const lines = [line('up', 'up', 'down', 'up'), line('up', 'down', 'unknown', 'unknown')];
    expect(inShort(together({ fromMs: at(0), toMs: at(40) }, lines, asMachine))).toMatch(
      /^up 0-10, down 10-30, unknown 30-/,
    );
  });

  it('is unknown without any real server', () => {
    expect(inShort(together(period, [], asService))).toBe('unknown 0-100');
    expect(inShort(together(period, [], asMachine))).toBe('unknown 0-100');
  });
});

it('counts outages, and tells the longest', () => {
  const changes = [
    change(0, 'none', 'up'),
    change(10, 'up', 'down'),
    change(15, 'down', 'up'),
    change(20, 'up', 'down'),
  ];
  const timeline = timelineOf(period, { changes, now: now('down', 20), nowMs: at(200), blanks: [] });
  expect(sharesOf(timeline)).toEqual({
    upMs: 15_000,
    downMs: 85_000,
    unknownMs: 0,
    availability: 0.15,
    outages: 2,
    longestOutageMs: 80_000,
  });
  expect(sharesOf(timelineFrom(period, []))).toMatchObject({ unknownMs: 100_000, availability: null, outages: 0 });
});

describe('whatever the journal says', () => {
  const state = fc.constantFrom('up', 'down', 'unknown', 'none' as const);
  const second = fc.integer({ min: -50, max: 150 });
  const anyHistory: fc.Arbitrary<History> = fc.record({
    changes: fc.array(
      fc
        .tuple(second, state, state, fc.option(second))
        .map(([seconds, from, to, since]) =>
          change(seconds, from, to, since === null ? {} : { fromSince: written(since) }),
        ),
      { maxLength: 12 },
    ),
    now: fc.option(
      fc.tuple(fc.constantFrom('up', 'down', 'unknown' as const), second).map(([is, since]) => now(is, since)),
      { nil: undefined },
    ),
    nowMs: fc.constant(at(150)),
    blanks: fc.array(
      fc.tuple(second, second).map(([a, b]) => ({ fromMs: at(Math.min(a, b)), toMs: at(Math.max(a, b)) })),
      { maxLength: 3 },
    ),
  });

  it('the shares add up to the period, and no time is told twice or left out', () => {
    fc.assert(
      fc.property(fc.array(anyHistory, { minLength: 1, maxLength: 4 }), (histories) => {
        const lines = histories.map((history) => timelineOf(period, history));
        for (const line of [...lines, together(period, lines, asService), together(period, lines, asMachine)]) {
          const { upMs, downMs, unknownMs } = sharesOf(line);
          expect(upMs + downMs + unknownMs).toBe(100_000);
          expect([line[0]?.fromMs, line.at(-1)?.toMs]).toEqual([period.fromMs, period.toMs]);
          line.slice(1).forEach((stretch, index) => expect(stretch.fromMs).toBe(line[index]?.toMs));
        }
      }),
    );
  });

  it('nothing is up or down while nobody checked', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const known = timelineOf(period, history).filter(({ state: is }) => is !== 'unknown');
        for (const { fromMs, toMs } of known)
          for (const blank of history.blanks)
            expect(blank.toMs <= fromMs || blank.fromMs >= toMs || blank.fromMs === blank.toMs).toBe(true);
      }),
    );
  });

  it('nothing is up of which no record, and nobody now, has said so', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const saysUp =
          history.changes.some(({ from, to }) => from === 'up' || to === 'up') || history.now?.state === 'up';
        expect(!saysUp && sharesOf(timelineOf(period, history)).upMs > 0).toBe(false);
      }),
    );
  });
});
