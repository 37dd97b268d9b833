import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type EngineRound, Layer4Engine } from '@evenkeel/data-plane';
import {
  but,
  drainForgetting,
  drainKeeping,
  haltClosing,
  haltFinishing,
  infinittCheck,
  pictureOf,
  type ServerTale,
  type ServiceTale,
  threePacs,
} from '@evenkeel/data-plane/test/layer4';
import { realServerId } from '@evenkeel/testing';
import { describeNeeding, type Lab, pacsLab, pacsNetwork, until } from '@evenkeel/testing/lab';
import { Asker } from '../test/asker.ts';
import { KernelNftables } from './kernel-nftables.ts';

const answerer = fileURLToPath(new URL('../test/answerer-main.ts', import.meta.url));

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
  'conntrack',
)('layer 4 as clients meet it', () => {
  let lab: Lab;
  let nftables: KernelNftables;
  let engine: Layer4Engine;
  let client: Asker;
  let local: Asker;

  beforeAll(async () => {
    lab = await pacsLab();
    const node = lab.host('node');
    await node.addAddress(`${pacsNetwork.vip}/24`);
    for (const last of [11, 12, 13]) await lab.host('client').addAddress(`192.168.85.${last}/24`);
    nftables = new KernelNftables({ prefix: ['ip', 'netns', 'exec', node.namespace], mayEnableForwarding: false });
    client = Asker.on(lab.host('client'));
    local = Asker.on(node);
    for (const name of ['pacs1', 'pacs2', 'pacs3'] as const) {
      const server = lab.host(name).spawn(process.execPath, [answerer, name, pacsNetwork[name], '137', '138', '1137']);
      await until(`${name} answers`, () => Promise.resolve(server.lastWords.includes('ready')), { process: server });
    }
  });
  afterAll(async () => {
    client.stop();
    local.stop();
    nftables.close();
    await lab.dispose();
  });

  beforeEach(async () => {
    await lab.host('node').run('nft', ['flush', 'ruleset']);
    await lab.host('node').run('conntrack', ['-F']);
    engine = new Layer4Engine(nftables);
  });

  const serve = (fields: Partial<ServiceTale> = {}): Promise<EngineRound> =>
    engine.converge(pictureOf(infinittCheck(fields)));
  const servers = (changes: Record<number, Partial<ServerTale>>): Partial<ServiceTale> => ({
    servers: but(threePacs, changes),
  });
  const forgetful = { persistence: { kind: 'none' } } as const;

  it('says that it did it at run time, and shows the rules that it runs', async () => {
    const round = await serve();
    expect(round).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect([round.configuration].flat().join('')).toContain('dnat to 192.168.85.200');
  });

  it.each(['udp', 'tcp'] as const)('%s: shares new clients by weight', async (transport) => {
    await serve({ ...servers({ 2: { weight: 150 }, 3: { weight: 100 }, 4: { weight: 50 } }), ...forgetful });
    const counts = await client.count(300, { transport });
    // Six standard deviations of a binomial draw: chance alone fails this once in some hundred million runs.
    expect(Math.abs((counts['pacs1'] ?? 0) - 150)).toBeLessThan(52);
    expect(Math.abs((counts['pacs2'] ?? 0) - 100)).toBeLessThan(49);
    expect(Math.abs((counts['pacs3'] ?? 0) - 50)).toBeLessThan(39);
  });

  it('takes turns, by weight', async () => {
    await serve({
      ...servers({ 2: { weight: 100 }, 3: { weight: 50 }, 4: { weight: 50 } }),
      ...forgetful,
      balance: 'round-robin',
    });
    expect(await client.count(40, {})).toEqual({ pacs1: 20, pacs2: 10, pacs3: 10 });
  });

  it('gives a real server that comes back its turns step by step, and forgets none of its clients', async () => {
    const turns = { balance: 'round-robin' } as const;
    const warmed = (percent: number) => new Map([[realServerId(4), percent]]);
    const shares = async (count: number) => client.count(count, {});
    const from = (picture: ReturnType<typeof pictureOf>, percent: number) =>
      engine.converge({ ...picture, warming: warmed(percent) });
    const strangers = pictureOf(infinittCheck({ ...turns, ...forgetful }));
    await engine.converge(strangers);
    for (const [percent, mine] of [
      [10, 1],
      [50, 5],
    ] as const) {
      expect(await from(strangers, percent)).toMatchObject({ method: 'runtime', waitingFor: [] });
      expect(await shares(20 + mine)).toEqual({ pacs1: 10, pacs2: 10, pacs3: mine });
    }
    await engine.converge(strangers);
    expect(await shares(30)).toEqual({ pacs1: 10, pacs2: 10, pacs3: 10 });

    await serve(servers({ 2: { verdict: 'down' }, 3: { verdict: 'down' } }));
    expect(await shares(3)).toEqual({ pacs3: 3 });
    await from(pictureOf(infinittCheck()), 10);
    expect(await shares(20)).toEqual({ pacs3: 20 });
  });

  it('shows real servers the address of the node', async () => {
    await serve();
    expect(await client.answer({})).toEqual({ said: expect.stringContaining(pacsNetwork.node) });
  });

  it('keeps a client with its server, on both transports and every port', async () => {
    await serve({ ports: [137, 138] });
    const [first = ''] = Object.keys(await client.count(1, {}));
    expect(await client.count(10, {})).toEqual({ [first]: 10 });
    expect(await client.count(10, { transport: 'tcp' })).toEqual({ [first]: 10 });
    expect(await client.count(10, { port: 138 })).toEqual({ [first]: 10 });
  });

  it('serves every port of a range, each at its own port, and the neighbours of the range not at all', async () => {
    const round = await serve({ ports: ['137-1137'], healthCheck: { kind: 'ping' } });
    expect(round.waitingFor).toEqual([]);
    const [first = ''] = Object.keys(await client.count(1, {}));
    for (const port of [137, 138, 1_137]) {
      expect(await client.count(3, { port })).toEqual({ [first]: 3 });
      expect(await client.count(3, { port, transport: 'tcp' })).toEqual({ [first]: 3 });
    }
    await serve({ ports: ['138-1136'], healthCheck: { kind: 'ping' } });
    expect(await client.count(3, { port: 138 })).toEqual({ [first]: 3 });
    for (const port of [137, 1_137]) expect(await client.ask({ port, transport: 'tcp' })).toBe('ECONNREFUSED');
  });

  it('ends the flows on ports that a range has no more, and leaves the others', async () => {
    const wide = { ports: ['137-138'], healthCheck: { kind: 'ping' as const } };
    await serve(wide);
    const flows = () => nftables.connections().then((used) => used.map(({ port }) => port).toSorted((a, b) => a - b));
    await client.ask({ port: 137 });
    await client.ask({ port: 138 });
    expect(await flows()).toEqual([137, 138]);
    await serve({ ...wide, ports: [138] });
    expect(await flows()).toEqual([138]);
  });

  it('sends a real server with a port of its own what came to the port of the VIP', async () => {
    await serve(servers({ 2: { port: 1_137 }, 3: { port: 1_137 }, 4: { weight: 0 } }));
    expect(await client.ask({})).toMatch(/pacs[12]/);
    expect(await client.ask({ transport: 'tcp' })).toMatch(/pacs[12]/);
  });

  it('serves clients on the node itself', async () => {
    await serve(forgetful);
    expect(Object.keys(await local.count(30, { from: '0.0.0.0' })).toSorted()).toEqual(['pacs1', 'pacs2', 'pacs3']);
    expect(await local.ask({ from: '0.0.0.0', transport: 'tcp' })).toMatch(/pacs\d/);
  });

  /** Serves the client from pacs1 and gives its address back. */
  const tiedToPacs1 = async (): Promise<string> => {
    await serve(servers({ 3: { weight: 0 }, 4: { weight: 0 } }));
    expect(await client.ask({})).toBe('pacs1');
    await serve();
    return '192.168.85.10';
  };

  it('does not lose persistence when weights change', async () => {
    const from = await tiedToPacs1();
    for (const weight of [1, 256, 10]) {
      await serve(servers({ 3: { weight } }));
      expect(await client.count(10, { from })).toEqual({ pacs1: 10 });
    }
  });

  it('remembers a client from its last packet on, not from its first', async () => {
    await serve({ persistence: { kind: 'source-ip', timeout: '2s' }, balance: 'round-robin' });
    const first = await client.ask({ flow: 'talkative' });
    for (let round = 0; round < 6; round += 1) {
      await rest(500);
      await client.ask({ flow: 'talkative' });
    }
    expect(await client.ask({})).toBe(first);
    await rest(3_000);
    expect(await client.ask({})).not.toBe(first); // its turn comes again after the two others'
  });

  it('drains: persistent clients stay, new ones go elsewhere', async () => {
    const from = await tiedToPacs1();
    await serve(servers({ 2: { intent: drainKeeping } }));
    expect(await client.count(10, { from })).toEqual({ pacs1: 10 });
    for (const other of ['192.168.85.11', '192.168.85.12', '192.168.85.13']) {
      expect(await client.ask({ from: other })).toMatch(/pacs[23]/);
    }
  });

  it('drains and forgets: open flows stay, the next ones go elsewhere, and stay there', async () => {
    const from = await tiedToPacs1();
    await client.ask({ flow: 'open before the drain', transport: 'tcp' });
    await serve(servers({ 2: { intent: drainForgetting } }));
    expect(await client.ask({ flow: 'open before the drain' })).toBe('pacs1');
    const next = await client.ask({ from });
    expect(next).toMatch(/pacs[23]/);
    expect(await client.ask({ flow: 'open before the drain' })).toBe('pacs1');
    expect(await client.count(10, { from })).toEqual({ [next]: 10 });
    await serve();
    expect(await client.ask({ flow: 'open before the drain' })).toBe('pacs1');
    expect(await client.count(10, { from })).toEqual({ [next]: 10 });
  });

  it('halts: with "finish" open flows go on, with "close" they move', async () => {
    await tiedToPacs1();
    await client.ask({ flow: 'tcp before the halt', transport: 'tcp' });
    await client.ask({ flow: 'udp before the halt' });
    await serve(servers({ 2: { intent: haltFinishing } }));
    expect(await client.ask({ flow: 'tcp before the halt' })).toBe('pacs1');
    expect(await client.ask({ flow: 'udp before the halt' })).toBe('pacs1');
    expect(await client.ask({})).toMatch(/pacs[23]/);
    await serve(servers({ 2: { intent: haltClosing } }));
    expect(await client.ask({ flow: 'udp before the halt' })).toMatch(/pacs[23]/);
    expect(await client.ask({ flow: 'tcp before the halt' })).toBe('ECONNRESET');
  });

  it('moves a UDP flow that never pauses away from a server that is down, and back to nobody in particular', async () => {
    const from = await tiedToPacs1();
    await client.ask({ flow: 'endless', from });
    await serve(servers({ 2: { verdict: 'down' } }));
    const next = await client.ask({ flow: 'endless', from });
    expect(next).toMatch(/pacs[23]/);
    await serve();
    expect(await client.ask({ from })).toBe(next);
  });

  it('moves the flows of a real server that is removed, and leaves the others', async () => {
    const inTurns = { ...forgetful, balance: 'round-robin' } as const;
    await serve(inTurns);
    const flows = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `removal ${name}`);
    const before = new Map<string, string>();
    for (const flow of flows) before.set(flow, await client.ask({ flow }));
    await serve({ ...inTurns, servers: threePacs.slice(1) });
    for (const flow of flows) {
      const was = before.get(flow);
      expect(await client.ask({ flow })).toMatch(was === 'pacs1' ? /pacs[23]/ : new RegExp(`^${was}$`));
    }
  });

  it('ends flows to an address that a real server has left', async () => {
    await tiedToPacs1();
    await client.ask({ flow: 'before the move' });
    await serve({ servers: [{ number: 2, label: 'INF_PACS1', address: '192.168.85.202' }] });
    expect(await client.ask({ flow: 'before the move' })).toBe('pacs3');
  });

  it.each(['udp', 'tcp'] as const)('%s: sends clients to all or to nobody in a panic, and back', async (transport) => {
    const inPanic = (then: 'serve-all' | 'serve-none', tale: Partial<ServerTale> = { verdict: 'down' }) =>
      serve({ ...servers({ 2: tale }), ...forgetful, balance: 'round-robin', panic: { below: 100, then } });
    const nobody = transport === 'tcp' ? 'ECONNREFUSED' : 'silence'; // a socket without a peer hears no ICMP
    const all = { pacs1: 2, pacs2: 2, pacs3: 2 };
    expect(await inPanic('serve-all', {})).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(await client.count(6, { transport })).toEqual(all);
    await inPanic('serve-all');
    expect(await client.count(6, { transport })).toEqual(all);
    expect(await inPanic('serve-none')).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(await client.count(3, { transport })).toEqual({ [nobody]: 3 });
    expect(await inPanic('serve-none', {})).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(await client.count(6, { transport })).toEqual(all);
  });

  it('gives nobody who was tied to it away in a panic that serves all, and sends all elsewhere in one that serves none', async () => {
    const inPanic = (then: 'serve-all' | 'serve-none', down: number) =>
      serve({ ...servers({ [down]: { verdict: 'down' } }), panic: { below: 100, then } });
    await serve();
    const [first = ''] = Object.keys(await client.count(1, {}));
    const number = Number(first.slice(-1)) + 1; // pacs1 is real server 2
    await inPanic('serve-all', number);
    expect(await client.count(10, {})).toEqual({ [first]: 10 });
    await inPanic('serve-none', number);
    expect(await client.count(3, { transport: 'tcp' })).toEqual({ ECONNREFUSED: 3 });
  });

  it('answers at once when nobody can serve', async () => {
    await serve(servers({ 2: { verdict: 'down' }, 3: { intent: haltClosing }, 4: { weight: 0 } }));
    expect(await client.ask({ transport: 'tcp' })).toBe('ECONNREFUSED');
    expect(await local.ask({ transport: 'tcp', from: '0.0.0.0' })).toBe('ECONNREFUSED');
  });

  it('leaves nothing behind when the last service is disabled', async () => {
    await serve();
    await client.ask({ flow: 'before disabling' });
    await serve({ isEnabled: false });
    expect(await client.ask({ flow: 'before disabling', patienceMs: 200 })).toBe('silence');
    expect(await nftables.observe()).toBeUndefined();
    expect(await nftables.connections()).toEqual([]);
  });

  it('tells where connections are', async () => {
    await serve(servers({ 3: { weight: 0 }, 4: { weight: 0 } }));
    for (const flow of ['one', 'two']) await client.ask({ flow: `counted ${flow}`, transport: 'tcp' });
    expect(await nftables.connections()).toEqual([
      {
        server: 2,
        transport: 'tcp',
        address: pacsNetwork.vip,
        port: 137,
        toAddress: pacsNetwork.pacs1,
        toPort: 137,
        connections: 2,
      },
    ]);
  });

  it('adopts what runs when its process starts again: no rule is touched, no client forgotten, no flow moved', async () => {
    const from = await tiedToPacs1();
    await client.ask({ flow: 'through the restart', transport: 'tcp' });
    const handles = async (): Promise<string> =>
      (await lab.host('node').run('nft', ['-a', '-t', 'list', 'ruleset'])).stdout;
    const before = await handles();
    engine = new Layer4Engine(nftables);
    expect((await serve()).method).toBe('none');
    expect(await handles()).toBe(before);
    expect(await client.ask({ flow: 'through the restart' })).toBe('pacs1');
    expect(await client.count(10, { from })).toEqual({ pacs1: 10 });
  });

  it('ends, when its process starts again, what went down meanwhile', async () => {
    await tiedToPacs1();
    await client.ask({ flow: 'down meanwhile' });
    engine = new Layer4Engine(nftables);
    await serve(servers({ 2: { verdict: 'down' } }));
    expect(await client.ask({ flow: 'down meanwhile' })).toMatch(/pacs[23]/);
  });

  it('repairs at a sweep what somebody else has changed, and says what', async () => {
    const from = await tiedToPacs1();
    await lab.host('node').run('nft', ['flush', 'chain', 'ip', 'evenkeel', 'server_2']);
    const { repairs } = await engine.sweep(pictureOf(infinittCheck()));
    expect(repairs).toEqual(['chain server_2 is different']);
    expect(await client.ask({ from })).toBe('pacs1');
  });
});
