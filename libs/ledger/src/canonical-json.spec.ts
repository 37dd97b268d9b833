import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';

/** A number from its IEEE 754 bits, as the RFC lists them. */
const fromBits = (hexadecimal: string): number =>
  new DataView(BigUint64Array.of(BigInt(`0x${hexadecimal}`)).buffer).getFloat64(0, true);

describe('canonical JSON, by the examples of RFC 8785', () => {
  it('writes the sample of section 3.2.2', () => {
    const sample: unknown = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts members by UTF-16 code units, as in section 3.2.3', () => {
    const sorted = canonicalJson({
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    });
    const names = [...sorted.matchAll(/:"([^"]+)"/g)].map(([, name]) => name);
    expect(names).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number with the bits %s as %s (appendix B)', (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text);
  });

  it.each([
    ['NaN', fromBits('7fffffffffffffff')],
    ['infinity', fromBits('7ff0000000000000')],
    ['a lone surrogate', '\ud800'],
    ['nothing at all', undefined],
  ])('refuses %s, which JSON cannot say', (_, value) => {
    expect(() => canonicalJson(value)).toThrow();
  });

  it('leaves out members that are undefined', () => {
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
  });
});

describe('what is written without the library', () => {
  const oddName = fc.constantFrom(
    '__proto__',
    'constructor',
    '10',
    '9',
    '0',
    '-1',
    '01',
    '',
    String.raw`\ud800`,
    'toJSON',
  );
  const name = fc.oneof(fc.string({ unit: 'binary' }), oddName);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
      fc.constantFrom(null, undefined, -0, String.raw`\ud800`, '\u2028'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
      fc.dictionary(name, tie('value'), { maxKeys: 5 }),
    ),
  }));

  it('is what the library writes', () => {
    fc.assert(
      fc.property(value, (any) => {
        fc.pre(any !== undefined);
        expect(canonicalJson(any)).toBe(canonicalize(any));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a time', new Date(0)],
    ['something that writes itself', { inside: { toJSON: () => ({ b: 1, a: 2 }) } }],
    ['a member called __proto__', JSON.parse('{"__proto__": {"b": 1}, "a": 2}') as unknown],
  ])('or the library writes it: %s', (_, odd) => {
    expect(canonicalJson({ odd })).toBe(canonicalize({ odd }));
  });

  it.each([[{ deep: [{ lone: '\udc00' }] }], [{ '\ud800': 1 }], [{ a: [Number.NaN] }]])('refuses %j inside', (bad) => {
    expect(() => canonicalJson(bad)).toThrow();
  });
});
