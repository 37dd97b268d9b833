import type { ClientTies, NodeName, Revision } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InMemoryNftables } from '../../../test/layer4/in-memory-nftables.ts';
import { infinittCheck, pictureOf } from '../../../test/layer4/picture-of.ts';
import { NftRefused } from '../nftables.ts';
import { Layer4Engine } from '../engine.ts';
import { ClientSharing, type SharingOutcome } from './client-sharing.ts';
import { ClientWatch } from './client-watch.ts';
import { KnownClients } from './known-clients.ts';

// Several nodes with a kernel each and clocks that have nothing to do with each other, on a bus that may lose everything.

const picture = pictureOf(infinittCheck());
const servers = [2, 3, 4] as const;
const names = ['lb-a', 'lb-b', 'lb-c'] as const;
type Name = (typeof names)[number];
const roundMs = 2_000;

class SimulatedNode {
  known: KnownClients;
  kernel: InMemoryNftables;
  sharing!: ClientSharing;
  session: number | undefined = 1;
  readonly counts: Partial<Record<SharingOutcome, number>> = {};
  private engine!: Layer4Engine;
  private readonly clock: ConstructorParameters<typeof KnownClients>[0];

  constructor(
    readonly name: Name,
    private readonly cluster: SimulatedCluster,
    sinceStartMs: number,
  ) {
    this.clock = { monotonicMs: () => cluster.clock.monotonicMs() + sinceStartMs };
    this.kernel = new InMemoryNftables(this.clock.monotonicMs);
    this.known = new KnownClients(this.clock);
    this.start();
  }

  /** The process is another one; the kernel goes on. */
  start(saved?: ClientTies): void {
    const { kernel, clock, cluster, name } = this;
    const known = new KnownClients(clock, saved);
    const session = () => this.session;
    this.known = known;
    this.engine = new Layer4Engine(kernel, known);
    this.sharing = new ClientSharing({
      known,
      watch: new ClientWatch(known, kernel, clock),
      nftables: kernel,
      exchange: {
        get session() {
          return session();
        },
        tell: (ties) => cluster.send(name, (to) => to.sharing.hear(ties)),
        answer: (to, ties) => cluster.sendTo(to, ties),
        ask: () => cluster.send(name, (to) => to.sharing.asked(name as string as NodeName)),
      },
      clock,
      onCount: (outcome, clients) => (this.counts[outcome] = (this.counts[outcome] ?? 0) + clients),
    });
  }

  async round(): Promise<void> {
    if (this.kernel.table === undefined) await this.engine.sweep(picture);
    else await this.engine.converge(picture);
    await this.sharing.round();
  }

  /** A client's new connection, as the rules would treat it. */
  async use(address: string, chance: number): Promise<void> {
    const tied = await this.serverOf(address);
    this.kernel.remember(tied ?? servers[chance] ?? 2, address, 300);
  }

  /** Where its next connection would go; undefined: anywhere. */
  async serverOf(address: string): Promise<number | undefined> {
    return (await this.serversOf(address))[0];
  }

  async serversOf(address: string): Promise<readonly number[]> {
    const remembered = await this.kernel.clients(servers);
    return servers.filter((server) => remembered.get(server)?.some((client) => client.address === address));
  }
}

class SimulatedCluster {
  readonly clock = new ManualClock();
  readonly nodes = names.map((name, index) => new SimulatedNode(name, this, 1_000_000 * index));
  messages = 0;

  send(from: Name, deliver: (to: SimulatedNode) => void): void {
    this.messages += 1;
    for (const node of this.nodes) if (node.name !== from && node.session !== undefined) deliver(node);
  }

  sendTo(name: NodeName, ties: ClientTies): void {
    const node = this.nodes.find((one) => one.name === (name as string));
    if (node?.session !== undefined) node.sharing.hear(ties);
  }

  node(index: number): SimulatedNode {
    return this.nodes[index % this.nodes.length]!;
  }

  async rounds(count: number): Promise<void> {
    for (let round = 0; round < count; round += 1) {
      await this.clock.advance(roundMs);
      for (const node of this.nodes) await node.round();
    }
  }
}

const clientAt = (index: number): string => `10.0.${index >> 8}.${index & 255}`;

const threeNodes = async (): Promise<SimulatedCluster> => {
  const cluster = new SimulatedCluster();
  await cluster.rounds(1);
  return cluster;
};

describe('nodes that share the clients of layer 4', () => {
  it('send a client where the node sent it that is gone', async () => {
    const cluster = await threeNodes();
    await cluster.node(0).use(clientAt(1), 2);
    await cluster.rounds(2);
    expect(await cluster.node(1).serverOf(clientAt(1))).toBe(4);
    expect(await cluster.node(2).serverOf(clientAt(1))).toBe(4);
  });

  it('keep a client that stays in use alive on all of them', async () => {
    const cluster = await threeNodes();
    await cluster.node(0).use(clientAt(1), 1);
    for (let minute = 0; minute < 12; minute += 1) {
      await cluster.rounds(30);
      await cluster.node(0).use(clientAt(1), 0);
    }
    expect(await cluster.node(2).serverOf(clientAt(1))).toBe(3);
    // Once when it was new, and once for each quarter of its five minutes: not with every look.
    expect(cluster.node(0).counts.told).toBeLessThanOrEqual(12);
    await cluster.rounds(160);
    expect(await cluster.node(2).serverOf(clientAt(1))).toBeUndefined();
  });

  it('do not say again what they have heard', async () => {
    const cluster = await threeNodes();
    for (let index = 0; index < 100; index += 1) await cluster.node(0).use(clientAt(index), index % 3);
    await cluster.rounds(5);
    expect(cluster.nodes.map(({ counts }) => [counts.told, counts.taken])).toEqual([
      [100, undefined],
      [undefined, 100],
      [undefined, 100],
    ]);
  });

  it('tell a node that has just come everything, once', async () => {
    const cluster = await threeNodes();
    cluster.node(2).session = undefined;
    for (let index = 0; index < 6_000; index += 1) cluster.node(0).kernel.remember(2 + (index % 3), clientAt(index));
    await cluster.rounds(4);
    expect(cluster.node(2).counts.taken).toBeUndefined();
    cluster.node(2).session = 2;
    await cluster.rounds(5);
    expect(cluster.node(2).known.ties()).toHaveLength(6_000);
    expect(cluster.node(2).counts).toEqual({ taken: 6_000 });
    const { messages } = cluster;
    await cluster.rounds(5);
    expect(cluster.messages).toBe(messages);
  });

  it('do not remember without end what is poured over them', async () => {
    const cluster = await threeNodes();
    const node = cluster.node(0);
    const revision = 7 as Revision;
    for (let message = 0; message < 60; message += 1) {
      const clients = Array.from({ length: 500 }, (_, index): [string, number] => [
        clientAt(message * 500 + index),
        200,
      ]);
      node.sharing.hear({ revision, servers: [{ server: 2, clients }] });
    }
    await cluster.rounds(1);
    expect(node.counts).toEqual({ 'too-many': 10_000, taken: 20_000 });
  });

  it('go on when nft refuses a set that is gone meanwhile', async () => {
    const cluster = await threeNodes();
    const node = cluster.node(1);
    const { kernel } = node;
    const apply = kernel.apply.bind(kernel);
    kernel.apply = () => Promise.reject(new NftRefused('No such file or directory'));
    await cluster.node(0).use(clientAt(1), 2);
    await cluster.rounds(2);
    expect(node.counts).toEqual({ refused: 1 });
    expect(node.known.ties()).toEqual([]);
    kernel.apply = apply;
    await cluster.node(0).use(clientAt(2), 2);
    await cluster.rounds(2);
    expect(await node.serverOf(clientAt(2))).toBe(4);
  });
});

describe('whatever happens to nodes and bus', () => {
  const node = fc.nat(2);
  const use = fc.record({ kind: fc.constant('use' as const), node, client: fc.nat(1), chance: fc.nat(2) });
  const pass = fc.record({ kind: fc.constant('pass' as const), rounds: fc.integer({ min: 1, max: 20 }) });
  const cut = fc.record({ kind: fc.constant('cut' as const), node });
  const mend = fc.record({ kind: fc.constant('mend' as const), node });
  const restart = fc.record({ kind: fc.constant('restart' as const), node });
  const remove = fc.record({ kind: fc.constant('delete-table' as const), node });
  const schedule = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: use },
      { weight: 2, arbitrary: pass },
      { weight: 2, arbitrary: cut },
      mend,
      restart,
      remove,
    ),
    { maxLength: 25 },
  );
  type Happening = typeof schedule extends fc.Arbitrary<(infer One)[]> ? One : never;

  let sessions = 1;
  const happen = async (cluster: SimulatedCluster, one: Happening): Promise<void> => {
    if (one.kind === 'pass') return cluster.rounds(one.rounds);
    const at = cluster.node(one.node);
    if (one.kind === 'use') await at.use(clientAt(one.client), one.chance);
    else if (one.kind === 'cut') at.session = undefined;
    else if (one.kind === 'mend') at.session ??= ++sessions;
    else if (one.kind === 'restart') at.start(at.known.record());
    else at.kernel.table = undefined;
  };

  it('a client that is then served by one node is sent to the same real server by all, and by one alone', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, node, async (happenings, last) => {
        const cluster = await threeNodes();
        for (const one of happenings) await happen(cluster, one);
        for (const one of cluster.nodes) one.session ??= ++sessions;
        await cluster.rounds(4);
        // Whoever was tied to several is told apart by its next use, of which all others hear.
        await cluster.rounds(80);
        for (const client of [clientAt(0), clientAt(1)]) {
          await cluster.node(last).use(client, 1);
          await cluster.rounds(3);
          const tied = await Promise.all(cluster.nodes.map((one) => one.serversOf(client)));
          expect(tied[0]).toHaveLength(1);
          expect(tied).toEqual([tied[0], tied[0], tied[0]]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('nothing is said any more when nothing is new, and nobody knows more than there is', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (happenings) => {
        const cluster = await threeNodes();
        for (const one of happenings) await happen(cluster, one);
        for (const one of cluster.nodes) one.session ??= ++sessions;
        await cluster.rounds(4);
        const { messages } = cluster;
        await cluster.rounds(20);
        expect(cluster.messages).toBe(messages);
        for (const { known } of cluster.nodes) {
          for (const { address } of known.ties()) expect(address).toMatch(/^10\.0\.0\.[01]$/);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('no tie lives longer by being told than the client was used last', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (happenings) => {
        const cluster = await threeNodes();
        for (const one of happenings) await happen(cluster, one);
        for (const one of cluster.nodes) one.session ??= ++sessions;
        // Five minutes after the last use, and the seconds that rounding and messages may add.
        await cluster.rounds(155);
        for (const one of cluster.nodes) {
          const left = await Promise.all([0, 1].map((index) => one.serversOf(clientAt(index))));
          expect(left.flat()).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });
});
