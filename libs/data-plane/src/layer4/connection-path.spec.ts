import { describe, expect, it } from '@jest/globals';
import { type AllowedPath, type ConnectionPath, endingsOf, leftOver } from './connection-path.ts';

const place = { transport: 'udp', address: '192.168.85.150', toAddress: '192.168.85.200' } as const;
const allowed = (from: number, to: number, fields: Partial<AllowedPath> = {}): AllowedPath => ({
  ...{ ...place, server: 2, from, to, toPort: undefined },
  ...fields,
});
const used = (port: number, toPort = port, fields: Partial<ConnectionPath> = {}): ConnectionPath => ({
  ...{ ...place, server: 2, port, toPort },
  ...fields,
});

describe('connections that end', () => {
  it('are those on ports that a range has no more', () =>
    expect(endingsOf([used(8_000), used(8_005), used(8_006)], [allowed(8_000, 8_005)])).toEqual([used(8_006)]));

  it('are those that went to another port than they would go now', () =>
    expect(endingsOf([used(8_000, 8_001), used(8_001)], [allowed(8_000, 8_005)])).toEqual([used(8_000, 8_001)]));

  it('are all of a server that is gone, by one order', () =>
    expect(endingsOf([used(8_000), used(8_001), used(8_000, 8_000, { server: 3 })], [allowed(8_000, 8_005)])).toEqual([
      { server: 3 },
    ]));

  it('are none on a single port that a server now has for its own', () =>
    expect(endingsOf([used(137)], [allowed(137, 137, { toPort: 137 })])).toEqual([]));
});

describe('where connections may still be', () => {
  it('is nowhere while all that was allowed is', () => {
    expect(leftOver([allowed(8_000, 8_005)], [allowed(8_000, 8_010)])).toEqual([]);
    expect(leftOver([allowed(137, 137)], [allowed(130, 140)])).toEqual([]);
  });

  it('is known for single ports', () =>
    expect(leftOver([allowed(137, 137)], [allowed(138, 138)])).toEqual([used(137)]));

  it('is a question to the kernel when a range has shrunk', () =>
    expect(leftOver([allowed(8_000, 8_010)], [allowed(8_000, 8_005)])).toBeUndefined());

  it('does not matter for a server that is gone: all of it ends', () => {
    const now = [allowed(8_000, 8_010, { server: 3 })];
    const left = leftOver([allowed(8_000, 8_010)], now);
    expect(left && endingsOf(left, now)).toEqual([{ server: 2 }]);
  });
});
