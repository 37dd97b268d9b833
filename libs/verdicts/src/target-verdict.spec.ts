import type { ProbeResult } from '@evenkeel/contracts';
import { realServerId, someTime } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, neverChecked, nextVerdict, type TargetVerdict } from './target-verdict.ts';

const thresholds = { rise: 2, fall: 3 };

const reasons = {
  passed: 'check-passed',
  failed: 'connect-refused',
  'alive-but-refused': 'dicom-rejected',
  'not-asked': 'checker-failed',
} as const;

/** Results told as letters: p passed, f failed, r alive but refused, n not asked. Each comes a second after the last. */
const letters = { p: 'passed', f: 'failed', r: 'alive-but-refused', n: 'not-asked' } as const;

const timeAt = (second: number): string => new Date(Date.parse(someTime) + 1_000 * second).toISOString();

const results = (told: string): ProbeResult[] =>
  [...told].map((letter, index) => {
    const outcome = letters[letter as keyof typeof letters];
    const at = timeAt(index + 1);
    return { outcome, reason: reasons[outcome], detail: `result ${index + 1}`, latencyMs: 1, at };
  });

const after = (told: string): TargetVerdict =>
  results(told).reduce((verdict, result) => nextVerdict(verdict, result, thresholds), neverChecked(someTime));

describe('rise and fall', () => {
  it.each([
    ['', 'unknown', 'never-checked', 0],
    ['p', 'up', 'check-passed', 1],
    ['f', 'unknown', 'connect-refused', 0],
    ['ff', 'unknown', 'connect-refused', 0],
    ['fff', 'down', 'connect-refused', 3],
    ['ffp', 'up', 'check-passed', 3],
    ['pff', 'up', 'check-passed', 1],
    ['pffpff', 'up', 'check-passed', 1],
    ['pfff', 'down', 'connect-refused', 4],
    ['fffp', 'down', 'connect-refused', 3],
    ['fffpfp', 'down', 'connect-refused', 3],
    ['fffpp', 'up', 'check-passed', 5],
  ])('after "%s" a server is %s (%s) since second %i', (told, state, reason, second) => {
    expect(after(told)).toMatchObject({ state, reason, since: timeAt(second) });
  });

  it('makes a server down after one failure when fall is 1', () => {
    const [failure] = results('f');
    expect(nextVerdict(neverChecked(someTime), failure!, { rise: 1, fall: 1 }).state).toBe('down');
  });
});

describe('a server that goes up and down', () => {
  const flaps = (count: number): string => 'fffpp'.repeat(count - 1) + 'fff';

  it.each([
    ['rises after two passes from its second fall', 2, 'p', 'down'],
    ['rises after two passes from its second fall', 2, 'pp', 'up'],
    ['needs four from its third', 3, 'ppp', 'down'],
    ['needs four from its third', 3, 'pppp', 'up'],
  ] as const)('%s', (_what, falls, then, state) => {
    expect(after(flaps(falls) + then).state).toBe(state);
  });

  it('needs eight from its fourth, and not more later; no failure is forgiven between them', () => {
    const fourth = `${flaps(3)}ppppfff`;
    expect(after(`${fourth}ppppppp`).state).toBe('down');
    expect(after(`${fourth}pppppppp`).state).toBe('up');
    expect(after(`${fourth}pppfppppppp`).state).toBe('down');
    expect(after(`${fourth}pppppppp${'fff'}pppppppp`).state).toBe('up');
  });

  it('says so while it is down', () => {
    expect(after(flaps(2)).detail).toBe('result 8');
    const third = after(flaps(3));
    expect(third.detail).toBe('result 13; went down 3 times in a short while: 4 passes in a row bring it back');
    expect(after(`${flaps(3)}f`).detail).toMatch(/^result 14; went down 3 times/);
    expect(after(`${flaps(3)}pppp`).detail).toBe('result 17');
  });

  it('is trusted as before when it has been well for a while', () => {
    const calm = flaps(2) + 'p'.repeat(30);
    expect(after(`${calm}fffpp`).state).toBe('up');
  });

  it('goes down as quickly as any other', () => {
    expect(after(`${flaps(3)}ppppff`).state).toBe('up');
    expect(after(`${flaps(3)}ppppfff`).state).toBe('down');
  });
});

describe('a server that answers and refuses the check', () => {
  it.each([
    ['r', 'unknown', 'dicom-rejected', 0],
    ['prr', 'up', 'check-passed', 1],
    ['prrr', 'unknown', 'dicom-rejected', 4],
    ['fffr', 'down', 'connect-refused', 3],
    ['fffrr', 'unknown', 'dicom-rejected', 5],
    ['rrrrp', 'up', 'check-passed', 5],
    ['rrrfff', 'down', 'connect-refused', 6],
  ])('after "%s" it is %s (%s) since second %i', (told, state, reason, second) => {
    expect(after(told)).toMatchObject({ state, reason, since: timeAt(second) });
  });
});

describe('when a server came back', () => {
  it.each([
    ['is not known of one that was never down', 'pppffppp', undefined],
    ['is when it went up', 'fffpp', 5],
    ['stays so afterwards, whatever else is seen but a death', 'fffppprrrp', 5],
    ['is when it began to serve, also with a check that it refuses', 'fffrrpp', 5],
    ['is not told while it is down', 'fffppfff', undefined],
    ['is the last time', 'fffppfffpp', 10],
    ['is when nobody could ask any more: it serves from then on', 'fffnnn', 6],
  ])('%s', (_what, told, second) => {
    expect(after(told).backSince).toBe(second === undefined ? undefined : timeAt(second));
  });

  it('goes from one checker to the next', () => {
    const said = { ...after('fffpp'), realServerId: realServerId(2), checker: 'health-1', evidence: [] };
    expect(adopted(said).backSince).toBe(timeAt(5));
    expect(adopted({ ...said, backSince: undefined })).not.toHaveProperty('backSince');
  });
});

describe('a checker that cannot ask', () => {
  it.each([
    ['pnn', 'up', 'check-passed'],
    ['pnnn', 'unknown', 'checker-failed'],
    ['fffnn', 'down', 'connect-refused'],
    ['fffnnn', 'unknown', 'checker-failed'],
    ['pnnfnn', 'up', 'check-passed'],
  ])('after "%s" says %s (%s)', (told, state, reason) => {
    expect(after(told)).toMatchObject({ state, reason });
  });

  it('does not break a row of failures', () => {
    expect(after('pfnfnf').state).toBe('down');
  });
});

describe('what is shown', () => {
  it('shows the newest failure while the state stays down', () => {
    expect(after('ffff')).toMatchObject({ detail: 'result 4', since: timeAt(3) });
  });

  it('goes on showing why a server is up while it has failed only once', () => {
    expect(after('pf').detail).toBe('result 1');
  });

  it('keeps the newest twenty results, oldest first', () => {
    const { evidence } = after('p'.repeat(30));
    expect(evidence.map(({ detail }) => detail)).toEqual(
      Array.from({ length: 20 }, (_, index) => `result ${index + 11}`),
    );
  });
});

describe('for every sequence of results', () => {
  const told = fc.string({ unit: fc.constantFrom('p', 'f', 'r', 'n'), maxLength: 60 });

  it('only a full row of failures makes down, and only a pass makes up', () => {
    fc.assert(
      fc.property(told, (sequence) => {
        const { state } = after(sequence);
        const asked = sequence.replaceAll('n', '');
        expect(state === 'down' && !asked.includes('fff')).toBe(false);
        expect(state === 'up' && !asked.includes('p')).toBe(false);
      }),
    );
  });

  it('the last row decides, whatever came before', () => {
    fc.assert(
      fc.property(told, (sequence) => {
        expect(after(`${sequence}pp`).state).toBe('up');
        expect(after(`${sequence}fff`).state).toBe('down');
        expect(after(`${sequence}rrr`).state).toBe('unknown');
        expect(after(`${sequence}nnn`).state).toBe('unknown');
      }),
    );
  });

  it('the state began at the result that brought it', () => {
    fc.assert(
      fc.property(told, (sequence) => {
        const { state, since } = after(sequence);
        const before = after(sequence.slice(0, Math.max(0, (Date.parse(since) - Date.parse(someTime)) / 1_000 - 1)));
        expect(since === someTime || before.state !== state).toBe(true);
      }),
    );
  });
});
