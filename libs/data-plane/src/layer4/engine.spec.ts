import { ManualClock, realServerId } from '@evenkeel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyService } from '../../test/layer4/any-service.ts';
import { InMemoryNftables } from '../../test/layer4/in-memory-nftables.ts';
import {
  but,
  drainForgetting,
  drainKeeping,
  haltClosing,
  haltFinishing,
  infinittCheck,
  pictureOf,
  type ServerTale,
  threePacs,
} from '../../test/layer4/picture-of.ts';
import { ClientWatch } from './clients/client-watch.ts';
import { KnownClients } from './clients/known-clients.ts';
import { diffLayer4 } from './diff.ts';
import { Layer4Engine } from './engine.ts';
import { NftRefused } from './nftables.ts';
import { pathsOf, type UsedPath } from './connection-path.ts';
import { wantedLayer4 } from './wanted.ts';

const reference = pictureOf(infinittCheck());
const changed = (changes: Record<number, Partial<ServerTale>>) =>
  pictureOf(infinittCheck({ servers: but(threePacs, changes) }));

let kernel: InMemoryNftables;
let engine: Layer4Engine;

beforeEach(() => {
  kernel = new InMemoryNftables();
  engine = new Layer4Engine(kernel);
});

/** What the engine asked of the kernel since the last look. */
const asked = (): string[] => kernel.asked.splice(0);

describe('a real server that comes back in steps', () => {
  const warmed = (percent: number) => ({ ...reference, warming: new Map([[realServerId(3), percent]]) });
  const draw = (): string => {
    const rules = kernel.table?.chains.get('service_1')?.rules.map((rule) => JSON.stringify(rule)) ?? [];
    return rules.find((rule) => rule.includes('numgen')) ?? '';
  };

  it('gets its share of the draw in one transaction for each, and no client is forgotten', async () => {
    await engine.converge(reference);
    kernel.remember(3, '10.1.0.1');
    asked();
    expect(await engine.converge(warmed(40))).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(asked()).toEqual(['apply', 'observe']);
    expect(draw()).toContain('"mod":12');
    expect(await engine.converge(reference)).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(draw()).toContain('"mod":3');
    expect((await kernel.clients([3])).get(3)).toHaveLength(1);
  });

  it('is rendered as on a node that looks at another moment', async () => {
    const [now, later] = [await engine.converge(warmed(10)), await engine.converge(warmed(90))];
    const { configuration } = await new Layer4Engine(new InMemoryNftables()).converge(reference);
    expect([now.configuration, later.configuration]).toEqual([configuration, configuration]);
  });

  it('costs nothing more while its share stays the same', async () => {
    await engine.converge(warmed(40));
    asked();
    expect(await engine.converge(warmed(40))).toMatchObject({ method: 'none' });
    expect(asked()).toEqual([]);
  });
});

describe('a round of layer 4', () => {
  it('looks, applies one transaction and looks again', async () => {
    expect(await engine.converge(reference)).toMatchObject({ method: 'runtime', reloadReasons: [], waitingFor: [] });
    expect(asked()).toEqual(['ability', 'observe', 'apply', 'observe', 'connections', 'isForwarding']);
  });

  it('asks nothing when the picture brings nothing new', async () => {
    const { configuration } = await engine.converge(reference);
    asked();
    const again = await engine.converge({ ...reference, cluster: { ...reference.cluster } });
    expect(asked()).toEqual([]);
    expect(again.method).toBe('none');
    expect(again.configuration).toBe(configuration);
  });

  it('looks once at a change of weight: what ran before is known', async () => {
    await engine.converge(reference);
    asked();
    expect(await engine.converge(changed({ 2: { weight: 50 } }))).toMatchObject({ method: 'runtime' });
    expect(asked()).toEqual(['apply', 'observe']);
  });

  it('changes nothing for a new name of who set an intent', async () => {
    await engine.converge(reference);
    asked();
    const [id, state] = [...reference.cluster.realServers][0] ?? [];
    if (id === undefined || state === undefined) throw new Error('no real server');
    const realServers = reference.cluster.realServers.set(id, { ...state, intentBy: 'somebody else' });
    const round = await engine.converge({ ...reference, cluster: { ...reference.cluster, realServers } });
    expect(round.method).toBe('none');
    expect(asked()).toEqual([]);
  });

  it('removes the table with the last service, and never makes one without', async () => {
    await engine.converge(pictureOf());
    expect(kernel.table).toBeUndefined();
    await engine.converge(reference);
    expect(kernel.table).toBeDefined();
    expect((await engine.converge(pictureOf(infinittCheck({ isEnabled: false })))).method).toBe('runtime');
    expect(kernel.table).toBeUndefined();
  });

  it('adopts a table that is as it should be', async () => {
    await engine.converge(reference);
    kernel.remember(2, '192.168.85.10');
    asked();
    expect((await new Layer4Engine(kernel).converge(reference)).method).toBe('none');
    expect(asked()).not.toContain('apply');
    expect([...(await kernel.clients([2])).values()].flat()).toHaveLength(1);
  });

  it('renders byte-identical configuration, whatever came before', async () => {
    await engine.converge(changed({ 2: { intent: drainKeeping }, 3: { verdict: 'down' } }));
    const { configuration } = await engine.converge(pictureOf(infinittCheck()));
    expect(configuration).toEqual(wantedLayer4(pictureOf(infinittCheck()), 'ip').text);
  });

  it('needs no forwarding between loopback addresses, and waits for it otherwise', async () => {
    kernel.forwards = false;
    const demo = { address: '127.0.85.150', servers: [{ number: 2, address: '127.0.85.200' }] };
    expect((await engine.converge(pictureOf(infinittCheck(demo)))).waitingFor).toEqual([]);
    expect((await engine.converge(reference)).waitingFor).toEqual([
      expect.stringContaining('net.ipv4.ip_forward is 0'),
    ]);
    kernel.forwards = true;
    expect((await engine.sweep(reference)).convergence.waitingFor).toEqual([]);
  });
});

describe('connections that nobody wants any more', () => {
  it.each<[string, Partial<ServerTale>, readonly unknown[]]>([
    ['down', { verdict: 'down' }, [{ server: 2 }]],
    ['halted, connections close', { intent: haltClosing }, [{ server: 2 }]],
    ['halted, connections finish', { intent: haltFinishing }, []],
    ['drained, keeping clients', { intent: drainKeeping }, []],
    ['drained, forgetting clients', { intent: drainForgetting }, []],
    ['given another weight', { weight: 1 }, []],
  ])('are ended as the real server is %s', async (_, tale, ended) => {
    await engine.converge(reference);
    await engine.converge(changed({ 2: tale }));
    expect(kernel.ended).toEqual(ended);
  });

  it('are those of a real server that is removed', async () => {
    await engine.converge(reference);
    await engine.converge(pictureOf(infinittCheck({ servers: threePacs.slice(1) })));
    expect(kernel.ended).toEqual([{ server: 2 }]);
  });

  it('are those of all its real servers when a service is disabled', async () => {
    await engine.converge(reference);
    await engine.converge(pictureOf(infinittCheck({ isEnabled: false })));
    expect(kernel.ended).toEqual([{ server: 2 }, { server: 3 }, { server: 4 }]);
  });

  it('are those to an address that a real server has left, and to a port that the service has left', async () => {
    await engine.converge(pictureOf(infinittCheck({ mode: 'udp', ports: [137, 138], servers: threePacs.slice(0, 1) })));
    const moved = [{ number: 2, address: '192.168.85.210' }];
    await engine.converge(pictureOf(infinittCheck({ mode: 'udp', ports: [137, 138], servers: moved })));
    expect(kernel.ended.splice(0)).toMatchObject([
      { server: 2, port: 137, toAddress: '192.168.85.200' },
      { server: 2, port: 138, toAddress: '192.168.85.200' },
    ]);
    await engine.converge(pictureOf(infinittCheck({ mode: 'udp', ports: [137], servers: moved })));
    expect(kernel.ended).toMatchObject([{ server: 2, port: 138, toAddress: '192.168.85.210' }]);
  });

  it('are found in the kernel after a restart and at a sweep', async () => {
    const path = (server: number): UsedPath => ({
      server,
      transport: 'udp',
      address: '192.168.85.150',
      port: 137,
      toAddress: `192.168.85.${198 + server}`,
      toPort: 137,
      connections: 1,
    });
    kernel.used = [path(2), path(3), path(77)];
    await engine.converge(changed({ 2: { verdict: 'down' } }));
    expect(kernel.ended.splice(0)).toEqual([{ server: 2 }, { server: 77 }]);
    await engine.sweep(changed({ 2: { verdict: 'down' } }));
    expect(kernel.ended).toEqual([{ server: 2 }, { server: 77 }]);
  });
});

describe('clients that the kernel has lost', () => {
  let clock: ManualClock;
  let known: KnownClients;
  beforeEach(() => {
    clock = new ManualClock();
    known = new KnownClients(clock);
    engine = new Layer4Engine(kernel, known);
  });
  const remembered = async (server: number) => (await kernel.clients([server])).get(server) ?? [];
  /** A client of real server 2 that was seen 50 s ago. */
  const seen = async (): Promise<void> => {
    await engine.converge(reference);
    kernel.remember(2, '192.168.85.10');
    await new ClientWatch(known, kernel, clock).look();
    await clock.advance(50_000);
  };
  const client = { address: '192.168.85.10', timeoutSeconds: 300, expiresSeconds: 150 };

  it('are put back with the table, in one transaction and with the time that is left to them', async () => {
    await seen();
    kernel.table = undefined;
    asked();
    expect((await engine.sweep(reference)).repairs).toEqual(['table evenkeel is missing']);
    expect(asked().filter((word) => word === 'apply')).toHaveLength(1);
    expect(await remembered(2)).toEqual([client]);
  });

  it('are put back with a set that somebody has deleted', async () => {
    await seen();
    kernel.table?.sets.delete('clients_2');
    await engine.sweep(reference);
    expect(await remembered(2)).toEqual([client]);
  });

  it('are put back after our own table was removed: a worker that goes on where it stopped', async () => {
    await seen();
    await engine.clean();
    await new Layer4Engine(kernel, new KnownClients(clock, known.record())).converge(reference);
    expect(await remembered(2)).toEqual([client]);
  });

  it('stay forgotten when they were to be forgotten', async () => {
    await seen();
    await engine.converge(changed({ 2: { intent: drainForgetting } }));
    kernel.table = undefined;
    await engine.sweep(reference);
    expect(await remembered(2)).toEqual([]);
  });

  it('do not keep layer 4 from serving when the kernel will not have them', async () => {
    await seen();
    kernel.table = undefined;
    const apply = kernel.apply.bind(kernel);
    kernel.apply = (transaction) =>
      JSON.stringify(transaction).includes('192.168.85.10') ? Promise.reject(new NftRefused('no')) : apply(transaction);
    expect((await engine.sweep(reference)).convergence).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(await remembered(2)).toEqual([]);
  });
});

describe('a node that may not', () => {
  const words = 'netlink: Error: cache initialization failed: Operation not permitted';

  it('says so, waits for nothing and tries nothing', async () => {
    kernel.able = { state: 'refused', words };
    expect(await engine.converge(reference)).toMatchObject({ method: 'none', waitingFor: [] });
    expect(await engine.converge(changed({ 2: { weight: 1 } }))).toMatchObject({ method: 'none', waitingFor: [] });
    expect(asked()).toEqual(['ability']);
    expect(await engine.canServe()).toEqual({ state: 'refused', words });
  });

  it('has nothing to clean up', async () => {
    kernel.able = { state: 'refused', words };
    await engine.clean();
    expect(asked()).toEqual(['ability']);
  });

  it('is asked again at a sweep', async () => {
    kernel.able = { state: 'refused', words };
    await engine.converge(reference);
    kernel.able = { state: 'able' };
    expect((await engine.sweep(reference)).convergence.method).toBe('runtime');
  });
});

describe('when nft refuses', () => {
  it('answers with its words, and does not try the same again before a sweep', async () => {
    await engine.converge(reference);
    const before = kernel.table;
    kernel.apply = () => Promise.reject(new NftRefused('No buffer space available'));
    const next = changed({ 2: { verdict: 'down' } });
    expect(await engine.converge(next)).toMatchObject({ rejection: 'No buffer space available', method: 'none' });
    asked();
    expect(await engine.converge(next)).toMatchObject({ rejection: 'No buffer space available' });
    expect(asked()).toEqual([]);
    expect(kernel.table).toBe(before);
    expect(kernel.ended).toEqual([]);
  });

  it('looks again first: somebody else may have changed the table meanwhile', async () => {
    await engine.converge(reference);
    kernel.table = undefined;
    expect(await engine.converge(changed({ 2: { weight: 1 } }))).toMatchObject({ method: 'runtime', waitingFor: [] });
  });
});

describe('when a door fails', () => {
  it('throws, and closes everything in the next round', async () => {
    await engine.converge(reference);
    const next = changed({ 2: { verdict: 'down' } });
    kernel.end = () => Promise.reject(new Error('conntrack: no end within 20000 ms'));
    await expect(engine.converge(next)).rejects.toThrow('conntrack');
    kernel.end = InMemoryNftables.prototype.end.bind(kernel);
    kernel.used = [{ ...pathOf(2), connections: 3 }];
    expect(await engine.converge(next)).toMatchObject({ waitingFor: [] });
    expect(kernel.ended).toEqual([{ server: 2 }]);
  });

  const pathOf = (server: number) => {
    const path = pathsOf(wantedLayer4(reference, 'ip').services).find((candidate) => candidate.server === server);
    if (path === undefined) throw new Error(`no path to ${server}`);
    const { transport, address, from: port, toAddress, toPort = port } = path;
    return { server, transport, address, port, toAddress, toPort };
  };
});

describe('a sweep', () => {
  it('finds nothing when nobody has touched anything', async () => {
    await engine.converge(reference);
    expect(await engine.sweep(reference)).toMatchObject({ repairs: [], convergence: { method: 'none' } });
  });

  it('repairs what somebody else has changed, and says what', async () => {
    await engine.converge(reference);
    kernel.table = undefined;
    const { repairs, convergence } = await engine.sweep(reference);
    expect(repairs).toEqual(['table evenkeel is missing']);
    expect(convergence).toMatchObject({ method: 'runtime', waitingFor: [] });
  });

  it('asks for connections again, which costs a process, only where there is a service', async () => {
    const empty = pictureOf();
    await engine.converge(empty);
    expect(asked()).toContain('connections');
    await engine.sweep(empty);
    expect(asked()).not.toContain('connections');
    await engine.sweep(reference);
    await engine.sweep(reference);
    expect(asked()).toContain('connections');
  });

  it('does not call a change of the picture a repair', async () => {
    await engine.converge(reference);
    expect((await engine.sweep(changed({ 2: { weight: 1 } }))).repairs).toEqual([]);
  });
});

it('removes the table when told to clean up', async () => {
  await engine.converge(reference);
  await engine.clean();
  expect(kernel.table).toBeUndefined();
  await engine.clean();
});

describe('any sequence of pictures', () => {
  const picture = fc
    .tuple(fc.option(anyService(100)), fc.option(anyService(200)))
    .map((services) => pictureOf(...services.filter((tale) => tale !== null)));

  it('ends with the kernel running what a fresh node would run, each step by a transaction that it accepts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(picture, { minLength: 1, maxLength: 6 }), async (pictures) => {
        const twin = new InMemoryNftables();
        const worker = new Layer4Engine(twin);
        for (const next of pictures) {
          const round = await worker.converge(next);
          expect(round.rejection).toBeUndefined();
          expect(round.waitingFor).toEqual([]);
          expect(diffLayer4(wantedLayer4(next, 'ip').ruleset, await twin.observe()).differences).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never forgets a client whose server may keep it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(picture, { minLength: 2, maxLength: 6 }), async (pictures) => {
        const twin = new InMemoryNftables();
        const worker = new Layer4Engine(twin);
        let keeping = new Set<number>();
        for (const next of pictures) {
          await worker.converge(next);
          const members = wantedLayer4(next, 'ip').services.flatMap((service) => service.members);
          const now = new Set(members.filter(({ keepsClients }) => keepsClients).map(({ number }) => number));
          const kept = [...now].filter((number) => keeping.has(number));
          const clients = await twin.clients([...now]);
          expect([...now].filter((number) => (clients.get(number) ?? []).length > 0)).toEqual(kept);
          for (const number of now) if (!keeping.has(number)) twin.remember(number, '192.168.85.10');
          keeping = now;
        }
      }),
      { numRuns: 200 },
    );
  });
});
