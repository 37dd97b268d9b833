import { describe, expect, it } from '@jest/globals';
import { readClients, readRunning as readIn } from './listing.ts';

const listing = (...things: readonly object[]): string =>
  JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6', json_schema_version: 1 } }, ...things] });
const readRunning = (text: string) => readIn(text, 'ip');
const ours = { family: 'ip', table: 'evenkeel' };
const table = { table: { family: 'ip', name: 'evenkeel', handle: 1 } };

describe('a listing', () => {
  it('without our table is nothing, whoever else has a table of that name', () => {
    const others = [{ table: { family: 'inet', name: 'evenkeel' } }, { table: { family: 'ip', name: 'evenkeel_ha' } }];
    expect(readRunning(listing(...others))).toBeUndefined();
  });

  it('is read in one family, although that of the other has the same name', () => {
    const six = { table: { family: 'ip6', name: 'evenkeel' } };
    expect(readRunning(listing(six))).toBeUndefined();
    expect(readIn(listing(six), 'ip6')).toMatchObject({ family: 'ip6', chains: new Map() });
  });

  it('gives rules to their chains, in order and without handles', () => {
    const running = readRunning(
      listing(
        table,
        { chain: { ...ours, name: 'pre', handle: 2, type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' } },
        { chain: { ...ours, name: 'plain', handle: 3 } },
        { rule: { ...ours, chain: 'plain', handle: 4, comment: 'first', expr: [{ drop: null }] } },
        { rule: { ...ours, chain: 'plain', handle: 5, expr: [{ accept: null }] } },
        { rule: { ...ours, table: 'evenkeel_ha', chain: 'plain', handle: 6, expr: [{ return: null }] } },
      ),
    );
    expect(running?.chains).toEqual(
      new Map([
        ['pre', { hook: { type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' }, rules: [] }],
        ['plain', { rules: [{ comment: 'first', expr: [{ drop: null }] }, { expr: [{ accept: null }] }] }],
      ]),
    );
  });

  it('may give a flag alone or in a list, and no size to a set that nobody has written to', () => {
    const set = { ...ours, type: 'ipv4_addr', handle: 7 };
    const running = readRunning(
      listing(
        table,
        { set: { ...set, name: 'alone', flags: 'timeout' } },
        { set: { ...set, name: 'listed', flags: ['timeout'], size: 65_535 } },
      ),
    );
    expect(running?.sets).toEqual(
      new Map([
        ['alone', { type: 'ipv4_addr', size: undefined, flags: ['timeout'] }],
        ['listed', { type: 'ipv4_addr', size: 65_535, flags: ['timeout'] }],
      ]),
    );
  });

  it('names what is of a kind that we never make', () => {
    const map = { ...ours, name: 'strange', type: 'ipv4_addr', map: 'mark', handle: 8 };
    expect(readRunning(listing(table, { map }))?.strangers).toEqual([{ kind: 'map', name: 'strange' }]);
  });

  it('gives the clients of a set, but for those in their last second', () => {
    const client = (val: string, expires: number): object => ({ elem: { val, timeout: 300, expires } });
    const set = { ...ours, name: 'clients_2', elem: [client('192.168.85.10', 200), client('192.168.85.11', 0)] };
    expect(readClients(listing({ set }))).toEqual([
      { address: '192.168.85.10', timeoutSeconds: 300, expiresSeconds: 200 },
    ]);
    expect(readClients(listing({ set: { ...ours, name: 'clients_3' } }))).toEqual([]);
  });

  it('that is none throws', () => {
    expect(() => readRunning('Error: syntax error')).toThrow();
    expect(() => readRunning('{"nftables": 1}')).toThrow();
  });
});
