import { setTimeout as rest } from 'node:timers/promises';
import { join } from 'node:path';
import { Layer4Engine } from '@evenkeel/data-plane';
import { drainForgetting, infinittCheck, but, pictureOf, threePacs } from '@evenkeel/data-plane/test/layer4';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { Loop } from '@evenkeel/kernel';
import { SystemClock } from '@evenkeel/kernel/system';
import { KernelNftables } from '@evenkeel/nftables';
import { answererMain, Asker } from '@evenkeel/nftables/test';
import {
  createLab,
  describeNeeding,
  type Lab,
  makeTempFolder,
  pacsNetwork,
  type TempFolder,
  until,
} from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BusLink } from './bus-link.ts';
import { Layer4Clients } from './layer4-clients.ts';
import { ProxySettings } from './settings.ts';

// Two nodes with the real kernel of a namespace each, a real NATS between them, and a client that talks to three servers
// through whichever node holds the address.

const clock = new SystemClock();
const withinMs = 30_000;
const names = ['lb-a', 'lb-b'] as const;
type Name = (typeof names)[number];
const picture = pictureOf(infinittCheck());

type Node = {
  readonly name: Name;
  readonly engine: Layer4Engine;
  readonly clients: Layer4Clients;
  readonly counts: Record<string, number>;
  stop(): Promise<void>;
};

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
  'conntrack',
)('two nodes that share the clients of layer 4', () => {
  let folder: TempFolder;
  let nats: EmbeddedNats;
  let lab: Lab;
  let client: Asker;
  let holder: Name | undefined;
  let running: Node[];

  beforeAll(async () => {
    folder = await makeTempFolder('layer4-clients');
    nats = await startNats({ folder: join(folder.path, 'nats') });
    lab = await createLab({
      hosts: [
        { name: 'client', links: [{ switch: 'lan', address: `${pacsNetwork.client}/24` }] },
        ...names.map((name, index) => ({
          name,
          links: [{ switch: 'lan', address: `192.168.85.${20 + index}/24` }] as const,
          sysctls: { 'net.ipv4.ip_forward': '1' },
        })),
        ...(['pacs1', 'pacs2', 'pacs3'] as const).map((name) => ({
          name,
          links: [{ switch: 'lan', address: `${pacsNetwork[name]}/24` }] as const,
        })),
      ],
    });
    client = Asker.on(lab.host('client'));
    for (const name of ['pacs1', 'pacs2', 'pacs3'] as const) {
      const server = lab.host(name).spawn(process.execPath, [answererMain, name, pacsNetwork[name], '137']);
      await until(`${name} answers`, () => Promise.resolve(server.lastWords.includes('ready')), { process: server });
    }
  }, 60_000);
  afterAll(async () => {
    client.stop();
    await lab.dispose();
    await nats.stop();
    await folder.remove();
  });

  let runs = 0;
  beforeEach(async () => {
    runs += 1;
    running = [];
    for (const name of names) await lab.host(name).run('nft', ['flush', 'ruleset']);
  });
  afterEach(async () => {
    for (const node of running) await node.stop();
  });

  const start = async (name: Name): Promise<Node> => {
    const settings = ProxySettings.parse({
      cluster: `cluster-${runs}`,
      node: name,
      nats: { servers: [nats.url], user: nats.user, password: nats.password },
    });
    const prefix = ['ip', 'netns', 'exec', lab.host(name).namespace];
    const nftables = new KernelNftables({ prefix, mayEnableForwarding: false });
    const bus = new BusLink(settings);
    const counts: Record<string, number> = {};
    const count = (what: string, by: number): void => void (counts[what] = (counts[what] ?? 0) + by);
    const clients = await Layer4Clients.open({
      file: join(folder.path, `clients-${runs}-${name}.json`),
      bus,
      nftables,
      clock,
      onShared: count,
      onUnreadable: () => count('unreadable', 1),
    });
    const engine = new Layer4Engine(nftables, clients.known);
    await engine.converge(picture);
    const failures: unknown[] = [];
    const patience = { retryMinMs: 50, retryMaxMs: 200, onFailure: (failure: unknown) => failures.push(failure) };
    const loop = new Loop(() => clients.round(), { ...patience, sweepMs: 100 }, clock);
    const ran = loop.run();
    let hasStopped = false;
    const node: Node = {
      ...{ name, engine, clients, counts },
      stop: async () => {
        if (hasStopped) return;
        hasStopped = true;
        loop.stop();
        await ran;
        bus.close();
        nftables.close();
        expect(failures).toEqual([]);
      },
    };
    running.push(node);
    return node;
  };

  /** The address goes to another node, as an election would have it. */
  const serveFrom = async (name: Name): Promise<void> => {
    if (holder !== undefined) await lab.host(holder).removeAddress(`${pacsNetwork.vip}/24`);
    await lab.host(name).addAddress(`${pacsNetwork.vip}/24`);
    await lab.host('client').run('ip', ['neigh', 'flush', 'all']);
    holder = name;
  };
  const knows = (node: Node, count: number): Promise<void> =>
    until(
      `${node.name} knows ${count} clients`,
      async () => {
        const remembered = await lab.host(node.name).run('nft', ['-j', 'list', 'table', 'ip', 'evenkeel']);
        return (remembered.stdout.match(/"expires":/g) ?? []).length === count;
      },
      { withinMs },
    );

  it('a client keeps its real server when the node that sent it there is gone', async () => {
    await serveFrom('lb-a');
    const [a, b] = [await start('lb-a'), await start('lb-b')];
    const server = await client.ask({});
    expect(server).toMatch(/^pacs[123]$/);
    await knows(b, 1);
    await a.stop();
    await lab.host('lb-a').linkDown();
    await serveFrom('lb-b');
    expect(await client.count(20, {})).toEqual({ [server]: 20 });
    await lab.host('lb-a').linkUp();
  }, 90_000);

  it('a node that joins later is told, also over a table that somebody deletes there and that is made again', async () => {
    await serveFrom('lb-a');
    await start('lb-a');
    const server = await client.ask({});
    const b = await start('lb-b');
    await knows(b, 1);
    await lab.host('lb-b').run('nft', ['delete', 'table', 'ip', 'evenkeel']);
    await b.engine.sweep(picture);
    await serveFrom('lb-b');
    expect(await client.count(20, {})).toEqual({ [server]: 20 });
    expect(b.counts).toEqual({ taken: 1 });
  }, 90_000);

  it('a client that is to be forgotten is not brought back by a node that does not know it yet', async () => {
    await serveFrom('lb-a');
    const [a, b] = [await start('lb-a'), await start('lb-b')];
    const server = await client.ask({});
    await knows(b, 1);
    const number = 1 + Number(server.slice('pacs'.length));
    const forgetting = pictureOf(infinittCheck({ servers: but(threePacs, { [number]: { intent: drainForgetting } }) }));
    await b.engine.converge(forgetting);
    await serveFrom('lb-b');
    await rest(3_000); // uses that are two seconds apart count as equally late
    const other = await client.ask({});
    expect(other).not.toBe(server);
    // The later use wins on both, however much the first node still knew.
    await knows(a, 1);
    await until(
      'both have the same',
      () => {
        const tied = [a, b].map(({ clients }) => clients.known.ties().map((tie) => `${tie.server} ${tie.address}`));
        return Promise.resolve(tied[0]?.join() === tied[1]?.join() && tied[0]?.length === 1);
      },
      { withinMs },
    );
    expect(await client.count(10, {})).toEqual({ [other]: 10 });
  }, 90_000);

  it('nothing waits for a bus that is away, and the others are told when it is back', async () => {
    await serveFrom('lb-a');
    const [a, b] = [await start('lb-a'), await start('lb-b')];
    await nats.stop();
    const server = await client.ask({});
    await until('lb-a has seen it', () => Promise.resolve(a.clients.known.ties().length === 1), { withinMs });
    expect(a.counts).toEqual({});
    nats = await startNats({ folder: join(folder.path, 'nats'), port: nats.port });
    await knows(b, 1);
    await serveFrom('lb-b');
    expect(await client.count(10, {})).toEqual({ [server]: 10 });
  }, 90_000);
});
