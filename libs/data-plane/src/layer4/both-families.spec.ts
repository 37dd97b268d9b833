import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyService } from '../../test/layer4/any-service.ts';
import { InMemoryNftables } from '../../test/layer4/in-memory-nftables.ts';
import { clientIn, infinittCheck, inFamily, pictureOf } from '../../test/layer4/picture-of.ts';
import { BothFamilies } from './both-families.ts';
import { diffLayer4 } from './diff.ts';
import { NftRefused } from './nftables.ts';
import { families, type Family } from './ruleset.ts';
import { wantedLayer4 } from './wanted.ts';

const four = infinittCheck();
const six = inFamily(
  'ip6',
  infinittCheck({ number: 9, label: 'six', servers: [{ number: 10, address: '192.168.85.200' }] }),
);

let kernel: Readonly<Record<Family, InMemoryNftables>>;
let engine: BothFamilies;
const aKernel = () => ({ ip: new InMemoryNftables(), ip6: new InMemoryNftables(undefined, 'ip6') });

beforeEach(() => {
  kernel = aKernel();
  engine = new BothFamilies(kernel);
});

describe('layer 4 of both families', () => {
  it('is for a cluster without IPv6 what IPv4 alone is', async () => {
    const round = await engine.converge(pictureOf(four));
    expect(round).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(round.configuration).toEqual(wantedLayer4(pictureOf(four), 'ip').text);
    expect(kernel.ip6.table).toBeUndefined();
    expect(kernel.ip6.asked).not.toContain('apply');
  });

  it('makes a table in each family, and shows both', async () => {
    const { configuration } = await engine.converge(pictureOf(four, six));
    expect([...(kernel.ip.table?.chains.keys() ?? [])]).toContain('service_1');
    expect([...(kernel.ip6.table?.chains.keys() ?? [])]).toContain('service_9');
    expect([configuration].flat().filter((piece) => piece.startsWith('table'))).toEqual([
      'table ip evenkeel {\n',
      'table ip6 evenkeel {\n',
    ]);
  });

  it('touches nothing of one family for a change in the other', async () => {
    await engine.converge(pictureOf(four, six));
    for (const family of families) kernel[family].asked.length = 0;
    const lighter = { ...six, servers: six.servers.map((server) => ({ ...server, weight: 1 })) };
    expect(await engine.converge(pictureOf(four, { ...lighter, balance: 'round-robin' }))).toMatchObject({
      waitingFor: [],
    });
    expect(kernel.ip.asked).toEqual([]);
  });

  it('serves IPv4 where the kernel cannot do IPv6, and says so only where that is wanted', async () => {
    kernel.ip6.able = { state: 'refused', words: 'no such family' };
    expect((await engine.converge(pictureOf(four))).waitingFor).toEqual([]);
    expect(await engine.converge(pictureOf(four, six))).toMatchObject({
      waitingFor: ['this node cannot serve layer 4 over IPv6: no such family'],
    });
    expect(kernel.ip.table).toBeDefined();
    expect(await engine.canServe()).toEqual({ state: 'able' });
  });

  it('asks nothing about IPv6 where this process may not change the kernel at all', async () => {
    kernel.ip.able = { state: 'refused', words: 'Operation not permitted' };
    const { waitingFor } = await engine.converge(pictureOf(four, six));
    await engine.sweep(pictureOf(four, six));
    await engine.clean();
    expect(waitingFor).toEqual([]);
    expect(kernel.ip6.asked).toEqual([]);
  });

  it('passes on what the kernel has against one family, and serves the other', async () => {
    kernel.ip6.apply = () => Promise.reject(new NftRefused('table full'));
    expect(await engine.converge(pictureOf(four, six))).toMatchObject({ rejection: 'table full' });
    expect(kernel.ip.table).toBeDefined();
  });

  it('finds at a sweep what was changed in either, and removes both at the end', async () => {
    await engine.converge(pictureOf(four, six));
    kernel.ip.table?.chains.delete('seen_2');
    kernel.ip6.table?.chains.delete('seen_10');
    const { repairs, convergence } = await engine.sweep(pictureOf(four, six));
    expect(repairs).toEqual(['chain seen_2 is missing', 'ip6 chain seen_10 is missing']);
    expect(convergence).toMatchObject({ method: 'runtime', waitingFor: [] });
    await engine.clean();
    expect([kernel.ip.table, kernel.ip6.table]).toEqual([undefined, undefined]);
  });
});

describe('any sequence of pictures of both families', () => {
  const family = fc.constantFrom(...families);
  const someService = (number: number) =>
    fc.option(fc.tuple(family, anyService(number)).map(([one, tale]) => ({ family: one, tale })));
  const picture = fc
    .tuple(someService(100), someService(200))
    .map((services) => services.filter((one) => one !== null))
    .map((services) => pictureOf(...services.map(({ family: one, tale }) => inFamily(one, tale))));

  it('ends with each table as a fresh node would have it, and forgets no client whose server may keep it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(picture, { minLength: 2, maxLength: 6 }), async (pictures) => {
        const twins = aKernel();
        const worker = new BothFamilies(twins);
        const keeping = { ip: new Set<number>(), ip6: new Set<number>() };
        for (const next of pictures) {
          const round = await worker.converge(next);
          expect(round.rejection).toBeUndefined();
          expect(round.waitingFor).toEqual([]);
          for (const one of families) {
            const { ruleset, services } = wantedLayer4(next, one);
            expect(diffLayer4(ruleset, await twins[one].observe()).differences).toEqual([]);
            const members = services.flatMap((service) => service.members).filter(({ keepsClients }) => keepsClients);
            const now = new Set(members.map(({ number }) => number));
            const clients = await twins[one].clients([...now]);
            const known = [...now].filter((number) => (clients.get(number) ?? []).length > 0);
            expect(known).toEqual([...now].filter((number) => keeping[one].has(number)));
            for (const number of now)
              if (!known.includes(number)) twins[one].remember(number, clientIn(one, '192.168.85.10'));
            keeping[one] = now;
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
