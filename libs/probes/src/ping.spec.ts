import { ProbeResult } from '@evenkeel/contracts';
import { someTime } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aCheck } from '../test/ask.ts';
import { fuzzCases } from '../test/fuzz.ts';
import { cleanDetail } from './clean-detail.ts';
import { pingArguments, pingFinding } from './ping.ts';
import type { Ran } from './run-bounded.ts';

const ran = (code: number | null, said: Partial<Ran> = {}): Ran => ({
  kind: 'ran',
  code,
  output: '',
  errors: '',
  ...said,
});

describe('what is asked of ping', () => {
  const asked = (fields: object): string => {
    const check = aCheck({ kind: 'ping', ...fields });
    return check.kind === 'ping' ? pingArguments(check, '192.168.85.200').join(' ') : '';
  };

  it('is one answer to up to three questions, within whole seconds', () => {
    expect(asked({})).toBe('-n -c 1 -i 0.67 -w 2 192.168.85.200');
    expect(asked({ timeout: '1500ms' })).toBe('-n -c 1 -i 0.50 -w 2 192.168.85.200');
  });
  it('is no more often than users may ask', () => expect(asked({ timeout: '50ms' })).toContain('-i 0.20 -w 1 '));
  it('is asked from the address that the check names', () =>
    expect(asked({ source: '192.168.85.10' })).toMatch(/-I 192.168.85.10 192.168.85.200$/));
});

describe('what ping answers', () => {
  const unreachable = 'From 192.168.85.1 icmp_seq=1 Destination Net Unreachable';
  it.each([
    [
      'an echo',
      ran(0, { output: '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.035 ms\n' }),
      'check-passed',
      'in 0.035 ms',
    ],
    ['silence', ran(1), 'ping-silent', 'did not answer a ping within 2s'],
    ['nothing before we ended it', ran(null), 'ping-silent', 'did not answer'],
    ['a router without a way', ran(1, { output: unreachable }), 'host-unreachable', '(Destination Net Unreachable)'],
    ['no way from here', ran(2, { errors: 'ping: connect: Network is unreachable' }), 'host-unreachable', 'no way to'],
    [
      'a foreign source address',
      ran(2, { errors: 'ping: bind: Cannot assign requested address\n' }),
      'checker-failed',
      'bind',
    ],
    ['no socket', ran(2, { errors: 'ping: socket: Operation not permitted\n' }), 'checker-failed', 'not permitted'],
  ])('tells %s', (_what, ended, reason, words) => {
    const { detail, ...finding } = pingFinding(ended, '10.0.0.1', '2s');
    expect(finding.reason).toBe(reason);
    expect(detail).toContain(words);
  });

  it.each([
    ['ENOENT', 'this checker has no ping (Debian package iputils-ping)'],
    ['EPERM', 'this checker may not use ping: the capability CAP_NET_RAW is taken from it'],
    ['EAGAIN', 'ping did not start (EAGAIN)'],
  ])('blames the checker for %s', (code, detail) =>
    expect(pingFinding({ kind: 'not-started', code }, '10.0.0.1', '2s')).toEqual({
      outcome: 'not-asked',
      reason: 'checker-failed',
      detail,
    }),
  );
});

it('makes a result of whatever ping prints: answers of machines are in it', () => {
  const part = fc.constantFrom('time=', ' ms', 'icmp_seq=1 ', 'Unreachable', 'No route to host', '\n', '9'.repeat(99));
  const text = fc
    .array(fc.oneof(part, fc.string({ unit: 'binary' })), { maxLength: 40 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, fc.constantFrom(0, 1, 2, 137, null), (output, errors, code) => {
      const { detail, ...finding } = pingFinding(ran(code, { output, errors }), '10.0.0.1', '2s');
      const result = { ...finding, detail: cleanDetail(detail), latencyMs: 1, at: someTime };
      expect(ProbeResult.parse(result).outcome === 'passed').toBe(code === 0);
    }),
    { numRuns: fuzzCases },
  );
});
