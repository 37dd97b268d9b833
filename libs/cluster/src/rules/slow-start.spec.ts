import type { RealServerId, VerdictState } from '@evenkeel/contracts';
import { aRealServer, realServerId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comersIn, warmthAt } from './slow-start.ts';

const startMs = Date.parse('2026-03-01T09:00:00.000Z');
const at = (second: number): string => new Date(startMs + 1_000 * second).toISOString();

type Sketch = {
  readonly online?: number;
  readonly back?: number;
  readonly state?: VerdictState;
  readonly weight?: number;
};

/** Who warms, and since which second, when real servers 1, 2 … are as sketched and `slowStart` is 30 s. */
const comers = (sketches: readonly Sketch[], spec = {}) => {
  const servers = sketches.map(({ online = 0, weight = 100 }, index) =>
    aRealServer({ number: index + 1, intentSince: at(online), spec: { weight } }),
  );
  const sketchOf = (id: RealServerId): Sketch | undefined => sketches[servers.findIndex((server) => server.id === id)];
  const found = comersIn({ slowStart: '30s', ...spec }, servers, {
    verdictOf: (id) => sketchOf(id)?.state ?? 'up',
    backSinceOf: (id) => {
      const back = sketchOf(id)?.back;
      return back === undefined ? undefined : at(back);
    },
  });
  return [...found].map(([id, cameMs]) => [id, (cameMs - startMs) / 1_000]);
};

describe('who warms', () => {
  it('is one that was down, from when it came back', () => {
    expect(comers([{}, { back: 100 }])).toEqual([[realServerId(2), 100]]);
  });

  it('is one that was brought online, or added, from then on; the later of both counts', () => {
    expect(comers([{}, { online: 90 }])).toEqual([[realServerId(2), 90]]);
    expect(comers([{}, { online: 90, back: 70 }, { online: 90, back: 95 }])).toEqual([
      [realServerId(2), 90],
      [realServerId(3), 95],
    ]);
  });

  it('is nobody without slowStart', () => {
    expect(comers([{}, { back: 100 }], { slowStart: undefined })).toEqual([]);
  });

  it('is nobody when all come together, or one soon after the other', () => {
    expect(comers([{ back: 100 }, { back: 100 }, { back: 129 }])).toEqual([]);
  });

  it('is nobody who is not there: down, drained, halted, or without a weight', () => {
    expect(comers([{}, { back: 100, state: 'down' }, { back: 100, weight: 0 }])).toEqual([]);
  });

  it('is nobody any more when those who were there before have left', () => {
    expect(comers([{ state: 'down' }, { back: 100 }, { back: 110 }])).toEqual([]);
  });

  it('is nobody in a panic: there are too few already', () => {
    const panic = { below: 60, then: 'serve-all' } as const;
    expect(comers([{}, { back: 100 }, { state: 'down' }, { state: 'down' }], { panic })).toEqual([]);
    expect(comers([{}, { back: 100 }, {}, { state: 'down' }], { panic })).toEqual([[realServerId(2), 100]]);
  });

  it('does not change as time goes by: nobody is throttled long after it has come', () => {
    expect(comers([{ back: 100 }, { back: 129 }, { back: 130 }])).toEqual([[realServerId(3), 130]]);
  });
});

describe('how warm', () => {
  it.each([
    [-5, 10],
    [0, 10],
    [5, 10],
    [6, 20],
    [12, 40],
    [29.9, 90],
    [30, 100],
    [3_000, 100],
  ])('%d s after it has come, of 30 s: %d percent', (second, percent) => {
    expect(warmthAt(startMs, startMs + 1_000 * second, 30_000)).toBe(percent);
  });

  it('only grows, in ten steps at the most, and is the same wherever it is worked out', () => {
    const times = fc.array(fc.integer({ min: -100_000, max: 200_000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1_000, max: 100_000 }), (moments, slowMs) => {
        const told = moments.toSorted((a, b) => a - b).map((ms) => warmthAt(startMs, startMs + ms, slowMs));
        expect(told).toEqual(told.toSorted((a, b) => a - b));
        expect(told.every((percent) => percent % 10 === 0 && percent >= 10 && percent <= 100)).toBe(true);
      }),
    );
  });
});
