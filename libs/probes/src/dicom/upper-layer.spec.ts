import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { echoRequest, echoStatusIn } from './echo-command.ts';
import { associateRequest, commandData, headerIn, heardIn, pduHeaderBytes } from './upper-layer.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

/** The items of an acceptance, after the 68 bytes that carry titles. */
const acceptance = (items: string): Buffer => Buffer.concat([Buffer.alloc(68), bytes(items)]);

describe('the association request', () => {
  const request = associateRequest('EVENKEEL', 'INFINITT');

  it('says its own length', () => {
    expect(headerIn(request)).toEqual({ type: 1, length: request.length - pduHeaderBytes });
  });

  it('pads the titles to sixteen characters, the called one first', () => {
    expect(request.toString('latin1', 10, 42)).toBe('INFINITT        EVENKEEL        ');
  });

  it('proposes Verification in one context and one transfer syntax', () => {
    const text = request.toString('latin1');
    expect(text.match(/1\.2\.840\.10008\.1\.1(?!\d)/g)).toHaveLength(1);
    expect(text).toContain('1.2.840.10008.1.2');
  });
});

describe('an acceptance', () => {
  it.each([
    ['accepts Verification', '21 00 0019 01 00 00 00 40 00 0011 312e322e3834302e31303030382e312e32', true],
    ['refuses Verification', '21 00 0004 01 00 03 00', false],
    ['speaks of another context only', '21 00 0004 03 00 00 00', false],
    ['has no items', '', false],
    ['puts other items first', '10 00 0001 31 50 00 0000 21 00 0004 01 00 00 00', true],
  ])('%s', (_what, items, isVerificationAccepted) => {
    expect(heardIn(2, acceptance(items))).toEqual({ kind: 'accepted', isVerificationAccepted });
  });

  it.each([
    ['too short for its titles', Buffer.alloc(67)],
    ['with an item longer than itself', acceptance('21 00 00ff 01 00 00 00')],
  ])('%s is malformed', (_what, body) => {
    expect(heardIn(2, body)).toMatchObject({ kind: 'malformed' });
  });
});

describe('other messages', () => {
  it.each([
    [3, '00 01 01 07', { kind: 'rejected', result: 1, source: 1, reason: 7 }],
    [7, '00 00 02 06', { kind: 'aborted', source: 2, reason: 6 }],
    [5, '00000000', { kind: 'release-requested' }],
    [6, '00000000', { kind: 'released' }],
    [3, '0001', { kind: 'malformed', why: 'a cut-off rejection' }],
    [7, '00', { kind: 'malformed', why: 'a cut-off abort' }],
    [0x48, '', { kind: 'malformed', why: 'byte 0x48, which begins no DICOM answer' }],
  ])('of type %i with %s', (type, body, heard) => {
    expect(heardIn(type, bytes(body))).toEqual(heard);
  });
});

describe('data', () => {
  it('comes in fragments, each with its own length', () => {
    const body = bytes('00000004 01 01 aabb 00000003 01 03 cc');
    expect(heardIn(4, body)).toEqual({
      kind: 'data',
      fragments: [
        { bytes: bytes('aabb'), isLast: false },
        { bytes: bytes('cc'), isLast: true },
      ],
    });
  });

  it.each([
    ['a length beyond the end', '000000ff 01 03 aa'],
    ['a length of nothing', '00000000 01 03'],
    ['a cut-off header', '0000'],
    ['another context', '00000003 05 03 aa'],
    ['a data set instead of a command', '00000003 01 02 aa'],
  ])('with %s is malformed', (_what, body) => {
    expect(heardIn(4, bytes(body))).toMatchObject({ kind: 'malformed' });
  });

  it('of ours is understood by ourselves', () => {
    const unit = commandData(echoRequest());
    expect(heardIn(4, unit.subarray(pduHeaderBytes))).toEqual({
      kind: 'data',
      fragments: [{ bytes: echoRequest(), isLast: true }],
    });
  });
});

describe('the answer to C-ECHO', () => {
  const response = (command: string, answered: string, status: string) =>
    bytes(`0000 0001 02000000 ${command} 0000 2001 02000000 ${answered} 0000 0009 02000000 ${status}`);

  it.each([
    ['success', response('3080', '0100', '0000'), 0x0000],
    ['a refusal', response('3080', '0100', '2201'), 0x0122],
    ['an answer to another question', response('3080', '0200', '0000'), undefined],
    ['another command', response('2080', '0100', '0000'), undefined],
    ['no status', response('3080', '0100', '0000').subarray(0, 20), undefined],
    ['a cut-off element', response('3080', '0100', '0000').subarray(0, 27), undefined],
    ['our own request', echoRequest(), undefined],
  ])('%s', (_what, command, status) => {
    expect(echoStatusIn(command)).toBe(status);
  });
});

it('understands or refuses any bytes, and never fails', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.uint8Array({ maxLength: 300 }), (type, body) => {
      expect(heardIn(type, Buffer.from(body)).kind).toEqual(expect.any(String));
      expect([undefined, expect.any(Number)]).toContainEqual(echoStatusIn(Buffer.from(body)));
    }),
    { numRuns: 2_000 },
  );
});
