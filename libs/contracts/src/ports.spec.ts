import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countOf, hasPort, layer7PortsMax, type PortItem, Ports, sharedPort, spanOf } from './ports.ts';
import { VirtualServiceSpec } from './cluster/virtual-service.ts';

const accepts = (ports: unknown): boolean => Ports.safeParse(ports).success;
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('the ports of a service', () => {
  it('are from 1 to 65535, 64 items at most, each once', () => {
    expect(
      [[1, 65_535], upTo(64), ['1-65535'], ['80-80'], [80, '81-90'], ['80-90', '91-99']].filter(accepts),
    ).toHaveLength(6);
    const wrong = [
      [],
      [0],
      [65_536],
      [1.5],
      [80, 80],
      upTo(65),
      80,
      '80-90',
      ['80'],
      ['90-80'],
      ['0-5'],
      ['80-65536'],
      ['-80'],
    ];
    const malformed = [['80-'], ['80 - 90'], ['80-90\n'], ['80:90'], ['80-90-99'], ['000080-90'], [[80, 90]]];
    const overlapping = [
      ['80-90', '90-99'],
      [85, '80-90'],
      ['80-90', '80-90'],
      ['80-99', '85-86'],
    ];
    expect([...wrong, ...malformed, ...overlapping].filter(accepts)).toEqual([]);
  });

  it.each<[PortItem[], PortItem[]]>([
    [
      [443, 80, 8080],
      [80, 443, 8080],
    ],
    [
      ['8000-8010', 80],
      [80, '8000-8010'],
    ],
    [['080-090'], ['80-90']],
    [['80-80'], [80]],
    [
      ['80-80', '82-82'],
      [80, 82],
    ],
    [['80-90', '91-99'], ['80-99']],
    [[79, 91, '80-90', 78], ['78-91']],
    [
      [104, 105, 106],
      [104, 105, 106],
    ],
    [['80-81'], ['80-81']],
    [
      ['80-82', 84, 85],
      ['80-82', 84, 85],
    ],
  ])('are kept in one form: %j as %j', (written, kept) => expect(Ports.parse(written)).toEqual(kept));

  const item = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(9)).map(([from, more]): PortItem => `${from}-${from + more}`),
  );
  const portsOf = (ports: readonly PortItem[]): number[] => upTo(60).filter((port) => hasPort(ports, port));

  it('lose and gain none by that, are counted right, and stay as they are', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 6 }), (written) => {
        const read = Ports.safeParse(written);
        const all = written.map(spanOf).flatMap(({ from, to }) => upTo(60).slice(from - 1, to));
        expect(read.success).toBe(new Set(all).size === all.length);
        if (!read.success) return;
        accepted += 1;
        expect(portsOf(read.data)).toEqual(all.toSorted((a, b) => a - b));
        expect(countOf(read.data)).toBe(all.length);
        expect(Ports.parse(read.data)).toEqual(read.data);
        expect(Ports.parse(written.toReversed())).toEqual(read.data);
      }),
    );
    expect(accepted).toBeGreaterThan(10);
  });

  it('meet where they have a port in common', () =>
    fc.assert(
      fc.property(item, item, (one, other) => {
        const common = portsOf([one]).filter((port) => hasPort([other], port));
        expect(sharedPort(spanOf(one), spanOf(other))).toBe(common[0]);
      }),
    ));

  it('are as many as there are on layer 4, and no more than HAProxy is asked to open on layer 7', () => {
    const named = { label: 'A', address: '10.0.0.1' };
    const can = (ports: PortItem[], fields: object) =>
      VirtualServiceSpec.safeParse({ ...named, ports, ...fields }).success;
    const full = [`1-${layer7PortsMax}`];
    for (const kind of [{ mode: 'tcp' }, { mode: 'http' }, { mode: 'http', action: 'redirect-to-https' }]) {
      expect(can(full, { layer: 7, ...kind })).toBe(true);
      expect(can([...full, 2_000], { layer: 7, ...kind })).toBe(false);
    }
    expect(can(['1-65535'], { layer: 4, mode: 'udp' })).toBe(true);
  });
});
