import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namesIn, nodeStatusRequest } from './node-status.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

const asterisk = `20 434b ${'41'.repeat(30)} 00`;
const pacs1 = '494e465f504143533120202020202020'.slice(0, 30); // "INF_PACS1", padded to 15

/** The answer to question 0x1234, of its usual parts. */
const answer = ({ id = '1234', flags = '8400', count = '0001', name = asterisk, body = `01 ${pacs1} 20 0400` } = {}) =>
  bytes(`${id} ${flags} 0000 ${count} 0000 0000 ${name} 0021 0001 00000000 0013 ${body}`);

describe('the question', () => {
  it('is the one of RFC 1002, section 4.2.17', () => {
    expect(nodeStatusRequest(0x1234).toString('hex')).toBe(
      bytes(`1234 0000 0001 0000 0000 0000 ${asterisk} 0021 0001`).toString('hex'),
    );
  });
});

describe('the answer', () => {
  it('gives the names with what they are for', () => {
    const group = `4556454e4b45454c20202020202020 00 8400`; // "EVENKEEL"
    expect(namesIn(answer({ body: `02 ${pacs1} 20 0400 ${group}` }), 0x1234)).toEqual([
      { name: 'INF_PACS1', suffix: 0x20, isGroup: false },
      { name: 'EVENKEEL', suffix: 0x00, isGroup: true },
    ]);
  });

  it.each([
    ['another transaction', answer({ id: '1235' })],
    ['a question', answer({ flags: '0400' })],
    ['an error', answer({ flags: '8403' })],
    ['no record', answer({ count: '0000' })],
    ['another name', answer({ name: `20 4142 ${'41'.repeat(30)} 00` })],
    ['more names than it holds', answer({ body: `05 ${pacs1} 20 0400` })],
    ['nothing at all', Buffer.alloc(0)],
    ['half of it', answer().subarray(0, 40)],
  ])('is none with %s', (_what, packet) => {
    expect(namesIn(packet, 0x1234)).toBeUndefined();
  });

  it('may be any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        const names = namesIn(Buffer.concat([answer().subarray(0, 56), Buffer.from(rest)]), 0x1234);
        expect(names === undefined || names.length <= 255).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
