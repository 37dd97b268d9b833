import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalAddress, canonicalNetwork, hostAndPort, isNetwork, whyNoAddress } from './address.ts';

/** Zeros often, and at most 16 bits: what `::` is about. */
const groups = fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.nat({ max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});

/** One of the many ways to write an address. */
const way = fc.record({
  groups,
  zerosAt: fc.nat({ max: 7 }),
  isDotted: fc.boolean(),
  width: fc.integer({ min: 1, max: 4 }),
  isUpper: fc.boolean(),
});
type Way = typeof way extends fc.Arbitrary<infer Value> ? Value : never;

const writtenBy = ({ groups: numbers, zerosAt, isDotted, width, isUpper }: Way): string => {
  const parts = numbers.map((one) => one.toString(16).padStart(width, '0'));
  const [high = 0, low = 0] = numbers.slice(6);
  if (isDotted) parts.splice(6, 2, `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`);
  const last = Math.min(parts.length, 6) - 1;
  const from = Math.min(zerosAt, last);
  const zeros = numbers.slice(from, last + 1).findIndex((one) => one !== 0);
  const count = zeros === -1 ? last + 1 - from : zeros;
  const text =
    count === 0 ? parts.join(':') : `${parts.slice(0, from).join(':')}::${parts.slice(from + count).join(':')}`;
  return isUpper ? text.toUpperCase() : text;
};

/** The eight numbers of an address without dots. */
const spelledOut = (text: string): readonly number[] => {
  const [before = [], after = []] = text.split('::').map((side) => side.split(':').filter((part) => part !== ''));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((part) => Number.parseInt(part, 16));
};

describe('the one way to write an IPv6 address', () => {
  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::', '::'],
  ])('of %s is %s (RFC 5952, section 4)', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical));

  it('is the same for all ways to write it, and says the same', () => {
    fc.assert(
      fc.property(way, (one) => {
        const canonical = canonicalAddress(writtenBy(one));
        expect(spelledOut(canonical)).toEqual(one.groups);
        expect(canonical).toBe(canonicalAddress(one.groups.map((number) => number.toString(16)).join(':')));
        expect(canonicalAddress(canonical)).toBe(canonical);
      }),
    );
  });

  it('leaves alone what is no IPv6 address', () => {
    const others = ['192.168.85.150', '1::2::3', ':::', '1:2', '', 'host:80', '1:2:3:4:5:6:7::8', '12345::', '[::1]'];
    expect(others.map(canonicalAddress)).toEqual(others);
  });
});

describe('the address of a host', () => {
  it.each([
    ['192.168.85.150', undefined],
    ['127.0.0.1', undefined],
    ['2001:db8::150', undefined],
    ['fd00::1', undefined],
    ['::1', undefined],
    ['::ffff:192.0.2.1', 'the IPv4 address itself: 192.0.2.1'],
    ['0:0:0:0:0:FFFF:C000:0201', 'the IPv4 address itself: 192.0.2.1'],
    ['::', expect.stringContaining('::/96 is no host')],
    ['::192.0.2.1', expect.stringContaining('::/96 is no host')],
    ['ff02::1', expect.stringContaining('multicast')],
    ['fe80::1', expect.stringContaining('without a zone')],
    ['febf::1', expect.stringContaining('without a zone')],
    ['fe80::1%eth0', expect.stringContaining('without a zone')],
    ['[2001:DB8::1]', 'the address without brackets: 2001:db8::1'],
    ['2001:db8::1/64', expect.stringContaining('such as 2001:db8::150')],
    ['2001:db8::1\n', expect.stringContaining('such as 2001:db8::150')],
    ['2001:db8:::1', expect.stringContaining('such as 2001:db8::150')],
    ['1:2:3:4:5:6:7:8:9', expect.stringContaining('such as 2001:db8::150')],
    ['2001:db8::10.0.0.256', expect.stringContaining('such as 2001:db8::150')],
    ['2001:db8:10.0.0.2::1', expect.stringContaining('such as 2001:db8::150')],
    ['localhost', expect.stringContaining('such as 2001:db8::150')],
  ])('%j: %s', (text, why) => expect(whyNoAddress(text)).toEqual(why));
});

describe('a network', () => {
  it.each(['10.0.0.1', '10.20.0.0/16', '0.0.0.0/0', '10.0.0.1/32', '::/0', '2001:db8::/32', 'fe80::/10', '::1/128'])(
    'may be %s',
    (text) => expect(isNetwork(text)).toBe(true),
  );
  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/08', '::/129', '/8', '', '10.0.0.0/8/8', '1.2/8'])(
    'may not be %j',
    (text) => expect(isNetwork(text)).toBe(false),
  );
  it('is written in one way', () => {
    expect(['2001:DB8:0::/32', '10.0.0.0/8'].map(canonicalNetwork)).toEqual(['2001:db8::/32', '10.0.0.0/8']);
  });
});

it('puts an IPv6 address in brackets where a port follows', () => {
  expect([hostAndPort('10.0.0.1', 80), hostAndPort('2001:db8::1', 'inherit')]).toEqual([
    '10.0.0.1:80',
    '[2001:db8::1]:inherit',
  ]);
});
