import { createHmac } from 'node:crypto';
import { NodeName } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { datagramBytesMost, decodeHeartbeat, encodeHeartbeat, type Sign } from './datagram.ts';
import type { Heartbeat } from './heartbeat.ts';

const signedWith =
  (key: string): Sign =>
  (bytes) =>
    createHmac('sha256', key).update(bytes).digest();
const sign = signedWith('the key');
const self = NodeName.parse('lb-b');
const circle = { cluster: 'radiology', group: 'front' };

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const short = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const heartbeats: fc.Arbitrary<Heartbeat> = fc.record({
  node: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/).map((name) => NodeName.parse(name)),
  boot: count,
  sequence: count,
  role: fc.constantFrom('active', 'candidate', 'standby'),
  epoch: count,
  rank: short,
  hasGateway: fc.boolean(),
  canServe: fc.boolean(),
  selfMs: short,
  echo: fc.option(fc.record({ boot: count, sequence: count }), { nil: undefined }),
  grants: fc.boolean(),
  calls: fc.constantFrom('no', 'asks', 'force'),
  isLast: fc.boolean(),
});
const aHeartbeat = fc.sample(heartbeats, { numRuns: 1, seed: 7 })[0] as Heartbeat;

it('is read as it was written, and is small', () => {
  fc.assert(
    fc.property(heartbeats, (heartbeat) => {
      const datagram = encodeHeartbeat(heartbeat, self, circle, sign);
      expect(datagram.length).toBeLessThanOrEqual(datagramBytesMost);
      expect(decodeHeartbeat(datagram, self, circle, [sign])).toEqual(heartbeat);
    }),
  );
});

describe('is dropped', () => {
  const datagram = encodeHeartbeat(aHeartbeat, self, circle, sign);

  it('when any bit of it was changed', () => {
    for (let bit = 0; bit < datagram.length * 8; bit += 1) {
      const changed = Uint8Array.from(datagram);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeHeartbeat(changed, self, circle, [sign])).toBe('forged');
    }
  });

  it('when it was cut, or something was added', () => {
    for (let length = 0; length < datagram.length; length += 1) {
      expect(['malformed', 'forged']).toContain(decodeHeartbeat(datagram.subarray(0, length), self, circle, [sign]));
    }
    expect(decodeHeartbeat(Uint8Array.from([...datagram, 0]), self, circle, [sign])).toBe('forged');
    expect(decodeHeartbeat(new Uint8Array(65_507), self, circle, [sign])).toBe('malformed');
  });

  it('when it is for another cluster or another group', () => {
    expect(decodeHeartbeat(datagram, self, { ...circle, cluster: 'cardiology' }, [sign])).toBe('elsewhere');
    expect(decodeHeartbeat(datagram, self, { ...circle, group: 'back' }, [sign])).toBe('elsewhere');
  });

  it('when it is for another node, whoever brought it here: a consent to one is none to the other', () => {
    expect(decodeHeartbeat(datagram, NodeName.parse('lb-c'), circle, [sign])).toBe('elsewhere');
  });

  it('when it was signed with a key that is not good any more', () => {
    expect(decodeHeartbeat(datagram, self, circle, [signedWith('the next key')])).toBe('forged');
    expect(decodeHeartbeat(datagram, self, circle, [signedWith('the next key'), sign])).toEqual(aHeartbeat);
  });

  it('when somebody who has the key signs nonsense', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 53, maxLength: 309 }), (body) => {
        const nonsense = Uint8Array.from([...body, ...sign(body)]);
        expect(['malformed', 'elsewhere']).toContain(decodeHeartbeat(nonsense, self, circle, [sign]));
      }),
      { numRuns: 2_000 },
    );
  });

  it('100,000 times, of whatever bytes', () => {
    const read = new Set<unknown>();
    let state = 1;
    for (let count = 0; count < 100_000; count += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const bytes = new Uint8Array(state % 300).fill(state & 255);
      read.add(decodeHeartbeat(bytes, self, circle, [sign]));
    }
    expect(read).toEqual(new Set(['malformed', 'forged']));
  }, 30_000);
});
