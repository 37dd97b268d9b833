import { beforeEach, describe, expect, it } from '@jest/globals';
import { homesAfter } from '../../src/layer4/clients/home.ts';
import { type Move } from '../../src/layer4/clients/placement.ts';
import { placingsOf } from '../../src/layer4/clients/placing.ts';
import { type Tie } from '../../src/layer4/clients/tie.ts';
import { diffLayer4, resizedServers } from '../../src/layer4/diff.ts';
import { NftRefused, type Nftables } from '../../src/layer4/nftables.ts';
import { type Family } from '../../src/layer4/ruleset.ts';
import { wantedLayer4, type WantedLayer4 } from '../../src/layer4/wanted.ts';
import {
  but,
  clientIn,
  drainForgetting,
  drainKeeping,
  infinittCheck,
  inFamily,
  pictureOf,
  type ServiceTale,
  threePacs,
} from './picture-of.ts';

/** What a suite needs beside the port: clients that rules in the kernel would have learned. */
export type NftablesUnderTest = {
  readonly nftables: Nftables;
  /** A kernel without a table of ours. */
  reset(): Promise<void>;
  remember(server: number, address: string): Promise<void>;
};

/** What every implementation of the port promises, the twin in memory as well as the kernel. */
export const nftablesSuite = (name: string, family: Family, underTest: () => NftablesUnderTest): void => {
  describe(`${name}, as an Nftables of family ${family}`, () => {
    const wanted = (fields: Parameters<typeof infinittCheck>[0] = {}): WantedLayer4 => wantedOf(infinittCheck(fields));
    const wantedOf = (...tales: readonly ServiceTale[]): WantedLayer4 =>
      wantedLayer4(pictureOf(...tales.map((tale) => inFamily(family, tale))), family);
    const nftables = (): Nftables => underTest().nftables;

    const change = async ({ ruleset }: Pick<WantedLayer4, 'ruleset'>): Promise<void> => {
      const running = await nftables().observe();
      const clients = await nftables().clients(resizedServers(ruleset, running));
      await nftables().apply(diffLayer4(ruleset, running, clients).transaction);
    };
    const openDifferences = async ({ ruleset }: Pick<WantedLayer4, 'ruleset'>): Promise<readonly string[]> =>
      diffLayer4(ruleset, await nftables().observe()).differences;
    const remembered = async (...servers: number[]): Promise<string[]> =>
      [...(await nftables().clients(servers)).values()].flat().map(({ address }) => address);

    const at = (last: number): string => clientIn(family, `192.168.85.${last}`);
    const [ten, eleven] = [at(10), at(11)];
    const of = family === 'ip' ? '' : 'ip6 ';

    beforeEach(() => underTest().reset());

    it('has no table before the first transaction', async () => {
      expect(await nftables().observe()).toBeUndefined();
      expect(await openDifferences(wanted())).toEqual([`${of}table evenkeel is missing`]);
    });

    it.each<[string, Parameters<typeof infinittCheck>[0]]>([
      ['random choice with persistence', {}],
      ['round robin by weight', { balance: 'round-robin', servers: but(threePacs, { 3: { weight: 50 } }) }],
      ['no persistence', { persistence: { kind: 'none' } }],
      ['several ports of one transport', { mode: 'udp', ports: [137, 138, 5_000] }],
      ['a range of ports', { ports: ['8000-8010', 137] }],
      ['all ports there are', { mode: 'udp', ports: ['1-65535'] }],
      ['fixed ports', { servers: but(threePacs, { 2: { port: 1_137 }, 3: { port: 2_137 } }) }],
      ['a limit', { servers: but(threePacs, { 2: { maxConnections: 10 } }) }],
      ['a limit with a lower level', { servers: but(threePacs, { 2: { maxConnections: 10, minConnections: 4 } }) }],
      ['one server', { servers: threePacs.slice(0, 1) }],
      ['no server', { servers: [] }],
    ])('shows what it was told to run: %s', async (_, fields) => {
      await change(wanted(fields));
      expect(await openDifferences(wanted(fields))).toEqual([]);
    });

    it('keeps the clients of every server when weights, intents and neighbours change', async () => {
      await change(wanted());
      await underTest().remember(2, ten);
      await underTest().remember(4, eleven);
      await change(wanted({ servers: but(threePacs, { 2: { intent: drainKeeping }, 3: { weight: 10 } }) }));
      const neighbour = infinittCheck({ number: 9, label: 'other', ports: [500], servers: [] });
      await change(wantedOf(infinittCheck(), neighbour));
      expect(await remembered(2, 3, 4)).toEqual([ten, eleven]);
    });

    it('forgets the clients of one server and keeps those of the others', async () => {
      await change(wanted());
      await underTest().remember(2, ten);
      await underTest().remember(3, eleven);
      await change(wanted({ servers: but(threePacs, { 2: { intent: drainForgetting } }) }));
      await change(wanted());
      expect(await remembered(2, 3)).toEqual([eleven]);
    });

    it('keeps clients when their table gets another size', async () => {
      await change(wanted());
      await underTest().remember(2, ten);
      const larger = wanted({ persistence: { kind: 'source-ip', timeout: '5m', tableSize: 100_000 } });
      await change(larger);
      expect(await openDifferences(larger)).toEqual([]);
      expect(await remembered(2)).toEqual([ten]);
    });

    it('remembers a client for longer or elsewhere, whatever has become of it meanwhile', async () => {
      await change(wanted());
      await underTest().remember(2, at(10));
      await underTest().remember(3, at(11));
      const tie = (server: number, last: number): Tie => ({ server, address: at(last), untilMs: 280_000 });
      const moves: Move[] = [
        { tie: tie(2, 10), isNew: false, ended: [] },
        { tie: tie(2, 11), isNew: true, ended: [tie(3, 11)] },
        { tie: tie(3, 12), isNew: false, ended: [tie(2, 12)] }, // both have run out
        { tie: tie(4, 13), isNew: true, ended: [] },
      ];
      const homes = homesAfter(new Map(), wanted().services);
      for (const { transaction } of placingsOf(moves, homes, 0, family)) await nftables().apply(transaction);
      const clients = [...(await nftables().clients([2, 3, 4]))].flatMap(([server, all]) =>
        all.map(({ address, expiresSeconds }) => ({ server, address, isLonger: expiresSeconds > 250 })),
      );
      expect(clients.toSorted((one, other) => (one.address < other.address ? -1 : 1))).toEqual([
        { server: 2, address: at(10), isLonger: true },
        { server: 2, address: at(11), isLonger: true },
        { server: 3, address: at(12), isLonger: true },
        { server: 4, address: at(13), isLonger: true },
      ]);
    });

    it('replaces what was tampered with, hooks included', async () => {
      await change(wanted());
      await nftables().apply([
        { flush: { chain: { family, table: 'evenkeel', name: 'service_1' } } },
        { add: { chain: { family, table: 'evenkeel', name: 'intruder' } } },
        { flush: { chain: { family, table: 'evenkeel', name: 'postrouting' } } },
        { delete: { chain: { family, table: 'evenkeel', name: 'postrouting' } } },
        { add: { chain: { family, table: 'evenkeel', name: 'postrouting' } } },
      ]);
      expect(await openDifferences(wanted())).toEqual([
        `${of}chain postrouting is different`,
        `${of}chain service_1 is different`,
        `${of}chain intruder is not wanted`,
      ]);
      await change(wanted());
      expect(await openDifferences(wanted())).toEqual([]);
    });

    it('refuses a transaction as a whole', async () => {
      await change(wanted());
      const transaction = [
        { add: { counter: { family, table: 'evenkeel', name: 'half' } } },
        { flush: { chain: { family, table: 'evenkeel', name: 'no_such_chain' } } },
      ];
      await expect(nftables().apply(transaction)).rejects.toThrow(NftRefused);
      expect(await openDifferences(wanted())).toEqual([]);
    });

    it('refuses to delete what a rule still mentions', async () => {
      await change(wanted());
      const transaction = [{ delete: { set: { family, table: 'evenkeel', name: 'clients_2' } } }];
      await expect(nftables().apply(transaction)).rejects.toThrow(NftRefused);
    });

    it('removes the table', async () => {
      await change(wanted());
      await change({ ruleset: undefined });
      expect(await nftables().observe()).toBeUndefined();
    });
  });
};
