import { ProbeResult, TcpUdpCheck } from '@evenkeel/contracts';
import { someTime } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aCheck } from '../test/ask.ts';
import { fuzzCases } from '../test/fuzz.ts';
import { cleanDetail } from './clean-detail.ts';
import { externalFinding } from './external.ts';

const check = aCheck({ kind: 'external', program: 'check-pacs' });
const found = (code: number | null, said: { output?: string; errors?: string; isOverdue?: boolean } = {}) => {
  if (check.kind !== 'external') throw new Error('another kind');
  return externalFinding(check, { kind: 'ran', code, output: '', errors: '', isOverdue: false, ...said });
};

describe('what a program says', () => {
  it.each([
    ['0', found(0, { output: 'OK - 3 studies\nmore\n' }), 'check-passed', 'check-pacs exited with 0: OK - 3 studies'],
    ['0 without a word', found(0), 'check-passed', 'check-pacs exited with 0'],
    ['2', found(2, { output: '\n \n  CRITICAL\n' }), 'external-failed', 'check-pacs exited with 2: CRITICAL'],
    ['1 with an error', found(1, { errors: 'no route\n' }), 'external-failed', 'check-pacs exited with 1: no route'],
    [
      '127',
      found(127, { errors: 'curl: not found' }),
      'checker-failed',
      'check-pacs could not ask (127: curl: not found)',
    ],
    ['126', found(126), 'checker-failed', 'check-pacs could not ask (126)'],
    ['a signal', found(null), 'external-failed', 'check-pacs was ended by a signal'],
    [
      'nothing in time',
      found(null, { output: 'asking …', isOverdue: true }),
      'external-timeout',
      'check-pacs did not end within 5s: asking …',
    ],
  ])('by %s', (_by, { reason, detail }, expected, words) => {
    expect([reason, detail]).toEqual([expected, words]);
  });

  it('is a result, whatever it prints, and passed only by the code 0', () => {
    const text = fc.string({ unit: 'binary', maxLength: 90 });
    fc.assert(
      fc.property(text, text, fc.constantFrom(0, 1, 2, 3, 125, 255, null), (output, errors, code) => {
        const { detail, ...finding } = found(code, { output, errors });
        const result = { ...finding, detail: cleanDetail(detail), latencyMs: 1, at: someTime };
        expect(ProbeResult.parse(result).outcome).toBe(code === 0 ? 'passed' : 'failed');
      }),
      { numRuns: fuzzCases },
    );
  });
});

describe('what may be written down', () => {
  const accepts = (fields: object) =>
    TcpUdpCheck.safeParse({ kind: 'external', program: 'check-pacs', ...fields }).success;

  it.each([
    ['a name', {}],
    ['options, words and empty places inside', { arguments: ['-w', '5', '--title', 'two words'] }],
    ['a port of its own', { port: 8_042 }],
  ])('is %s', (_what, fields) => expect(accepts(fields)).toBe(true));

  it.each([
    ...['/bin/sh', '../check', 'a/b', '.hidden', '', '-x', 'a b', 'a\n', 'a;b', '$(x)', 'x'.repeat(65), 'a\0'].map(
      (program): [string, object] => [`the program ${JSON.stringify(program)}`, { program }],
    ),
    ['a line end in an argument', { arguments: ['a\nb'] }],
    ['a zero byte in an argument', { arguments: ['a\0b'] }],
    ['an empty argument', { arguments: [''] }],
    ['a long argument', { arguments: ['x'.repeat(257)] }],
    ['seventeen arguments', { arguments: Array.from({ length: 17 }, () => 'x') }],
    ['a source address: a program asks from where it likes', { source: '127.0.0.1' }],
    ['variables of its own', { environment: { A: 'b' } }],
  ])('is not %s', (_what, fields) => expect(accepts(fields)).toBe(false));
});
