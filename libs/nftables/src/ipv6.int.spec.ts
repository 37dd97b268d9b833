import { fileURLToPath } from 'node:url';
import { BothFamilies, type EngineRound } from '@evenkeel/data-plane';
import {
  but,
  clientIn,
  drainForgetting,
  haltClosing,
  infinittCheck,
  inFamily,
  pictureOf,
  type ServerTale,
  type ServiceTale,
  threePacs,
} from '@evenkeel/data-plane/test/layer4';
import { createLab, describeNeeding, type Lab, type LabHost, pacsNetwork, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Asker } from '../test/asker.ts';
import { type Question } from '../test/question.ts';
import { KernelNftables } from './kernel-nftables.ts';

const answerer = fileURLToPath(new URL('../test/answerer-main.ts', import.meta.url));
const six = (address: string): string => clientIn('ip6', address);
const hosts = ['client', 'node', 'pacs1', 'pacs2', 'pacs3'] as const;

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
  'conntrack',
  'ipv6',
)('layer 4 over IPv6, as clients meet it', () => {
  let lab: Lab;
  let node: LabHost;
  let nftables: KernelNftables;
  let engine: BothFamilies;
  let client: Asker;
  let local: Asker;

  beforeAll(async () => {
    lab = await createLab({
      hosts: hosts.map((name) => ({
        name,
        links: [{ switch: 'lan', address: `${pacsNetwork[name]}/24` }],
        sysctls: { 'net.ipv4.ip_forward': name === 'node' ? '1' : '0' },
      })),
    });
    node = lab.host('node');
    for (const name of hosts) await hold(lab.host(name), pacsNetwork[name]);
    await node.addAddress(`${pacsNetwork.vip}/24`);
    // Deprecated from the start: else the kernel might speak from it, and real servers would see the VIP.
    await hold(node, pacsNetwork.vip, 'preferred_lft', '0');
    for (const last of [11, 12]) await hold(lab.host('client'), `192.168.85.${last}`);
    nftables = new KernelNftables({ prefix: ['ip', 'netns', 'exec', node.namespace], mayEnableForwarding: true });
    client = Asker.on(lab.host('client'));
    local = Asker.on(node);
    for (const name of ['pacs1', 'pacs2', 'pacs3'] as const) {
      for (const address of [pacsNetwork[name], six(pacsNetwork[name])]) {
        const server = lab.host(name).spawn(process.execPath, [answerer, name, address, '137', '1137']);
        await until(`${name} answers`, () => Promise.resolve(server.lastWords.includes('ready')), { process: server });
      }
    }
  });
  afterAll(async () => {
    client.stop();
    local.stop();
    nftables.close();
    await lab.dispose();
  });

  beforeEach(async () => {
    await node.run('sysctl', ['-q', '-w', 'net.ipv6.conf.all.forwarding=1']);
    await node.run('nft', ['flush', 'ruleset']);
    for (const family of ['ipv4', 'ipv6']) await node.run('conntrack', ['-F', '-f', family]);
    engine = new BothFamilies({ ip: nftables, ip6: nftables.in('ip6') });
  });

  /** `nodad`: nobody waits for an answer about addresses that are ours. */
  const hold = async (host: LabHost, address: string, ...options: readonly string[]): Promise<void> => {
    const { code, stderr } = await host.run('ip', [
      ...['addr', 'add', `${six(address)}/64`, 'dev', 'eth0', 'nodad'],
      ...options,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  };

  const check = (fields: Partial<ServiceTale> = {}): ServiceTale => inFamily('ip6', infinittCheck(fields));
  const serve = (...tales: readonly ServiceTale[]): Promise<EngineRound> => engine.converge(pictureOf(...tales));
  const servers = (changes: Record<number, Partial<ServerTale>>): Partial<ServiceTale> => ({
    servers: but(threePacs, changes),
  });
  const asked = (question: Partial<Question> = {}): Partial<Question> => ({
    from: six('192.168.85.10'),
    to: six(pacsNetwork.vip),
    ...question,
  });
  const forgetful = { persistence: { kind: 'none' } } as const;
  const onNode = { from: '::' } as const;

  it.each(['udp', 'tcp'] as const)('%s: takes turns by weight, and shows real servers the node', async (transport) => {
    const weights = servers({ 2: { weight: 100 }, 3: { weight: 50 }, 4: { weight: 50 } });
    const round = await serve(check({ ...weights, ...forgetful, balance: 'round-robin' }));
    expect(round).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(await client.count(40, asked({ transport }))).toEqual({ pacs1: 20, pacs2: 10, pacs3: 10 });
    expect(await client.answer(asked({ transport }))).toEqual({
      said: expect.stringContaining(` ${six(pacsNetwork.node)}`),
    });
  });

  it('keeps a client with its server, on both transports, and no client of another address', async () => {
    await serve(check({ balance: 'round-robin' }));
    const first = await client.ask(asked());
    expect(await client.count(6, asked())).toEqual({ [first]: 6 });
    expect(await client.count(6, asked({ transport: 'tcp' }))).toEqual({ [first]: 6 });
    const others = [await client.ask(asked({ from: six('192.168.85.11') }))];
    others.push(await client.ask(asked({ from: six('192.168.85.12') })));
    expect(new Set([first, ...others]).size).toBe(3);
  });

  it('sends a real server with a port of its own what came to the port of the VIP', async () => {
    await serve(check(servers({ 2: { port: 1_137 }, 3: { weight: 0 }, 4: { weight: 0 } })));
    expect(await client.ask(asked())).toBe('pacs1');
    expect(await client.ask(asked({ transport: 'tcp' }))).toBe('pacs1');
  });

  it('serves clients on the node itself', async () => {
    await serve(check({ ...forgetful, balance: 'round-robin' }));
    expect(await local.count(9, asked(onNode))).toEqual({ pacs1: 3, pacs2: 3, pacs3: 3 });
    expect(await local.ask(asked({ ...onNode, transport: 'tcp' }))).toMatch(/pacs\d/);
  });

  it('sees where connections are, moves those of a server that is down, and ends those of a halt', async () => {
    await serve(check(servers({ 3: { weight: 0 }, 4: { weight: 0 } })));
    await client.ask(asked({ flow: 'udp', from: six('192.168.85.11') }));
    await client.ask(asked({ flow: 'tcp', transport: 'tcp' }));
    const place = {
      server: 2,
      address: six(pacsNetwork.vip),
      port: 137,
      toAddress: six(pacsNetwork.pacs1),
      toPort: 137,
    };
    const paths = await nftables.in('ip6').connections();
    expect(paths.toSorted((a, b) => (a.transport < b.transport ? -1 : 1))).toEqual([
      { ...place, transport: 'tcp', connections: 1 },
      { ...place, transport: 'udp', connections: 1 },
    ]);
    expect(await nftables.connections()).toEqual([]);
    await serve(check(servers({ 2: { verdict: 'down' } })));
    expect(await client.ask({ flow: 'udp' })).toMatch(/pacs[23]/);
    await serve(check());
    await client.ask(asked({ flow: 'halted', transport: 'tcp', from: six('192.168.85.12') }));
    const halted = { intent: haltClosing } as const;
    await serve(check(servers({ 2: halted, 3: halted, 4: halted })));
    expect(await client.ask({ flow: 'halted' })).toBe('ECONNRESET');
  });

  it('drains and forgets: open flows stay, the next ones go elsewhere', async () => {
    await serve(check(servers({ 3: { weight: 0 }, 4: { weight: 0 } })));
    await client.ask(asked({ flow: 'open', transport: 'tcp' }));
    await serve(check(servers({ 2: { intent: drainForgetting } })));
    expect(await client.ask({ flow: 'open' })).toBe('pacs1');
    expect(await client.ask(asked())).toMatch(/pacs[23]/);
  });

  it('answers at once when nobody can serve', async () => {
    await serve(check(servers({ 2: { weight: 0 }, 3: { weight: 0 }, 4: { weight: 0 } })));
    expect(await client.ask(asked({ transport: 'tcp' }))).toBe('ECONNREFUSED');
    expect(await local.ask(asked({ ...onNode, transport: 'tcp' }))).toBe('ECONNREFUSED');
  });

  it('keeps clients when their table gets another size', async () => {
    const sized = (tableSize: number) => ({ persistence: { kind: 'source-ip', timeout: '5m', tableSize } }) as const;
    await serve(check(sized(1_000)));
    const first = await client.ask(asked());
    await serve(check(sized(2_000)));
    expect(await client.count(6, asked())).toEqual({ [first]: 6 });
  });

  it('leaves IPv4 alone: no rule of it is touched, and no client forgotten', async () => {
    const four = infinittCheck({
      number: 9,
      label: 'over_4',
      servers: threePacs.map((one) => ({ ...one, number: one.number + 10 })),
    });
    await serve(four);
    const first = await client.ask({});
    const rules = async (): Promise<string> => (await node.run('nft', ['-a', '-t', 'list', 'ruleset', 'ip'])).stdout;
    const before = await rules();
    await serve(four, check());
    expect(await client.ask(asked())).toMatch(/pacs\d/);
    await serve(four, check(servers({ 2: { weight: 1 } })));
    await serve(four);
    expect(await rules()).toBe(before);
    expect(await nftables.in('ip6').observe()).toBeUndefined();
    expect(await client.count(6, {})).toEqual({ [first]: 6 });
  });

  it('repairs at a sweep what somebody else has changed, and says in which family', async () => {
    await serve(check());
    await node.run('nft', ['flush', 'chain', 'ip6', 'evenkeel', 'server_2']);
    const { repairs } = await engine.sweep(pictureOf(check()));
    expect(repairs).toEqual(['ip6 chain server_2 is different']);
    expect(await client.ask(asked())).toMatch(/pacs\d/);
  });

  it('says that the node does not forward, and does not switch it on', async () => {
    await node.run('sysctl', ['-q', '-w', 'net.ipv6.conf.all.forwarding=0']);
    const { waitingFor } = await serve(check());
    expect(waitingFor).toEqual([expect.stringContaining('net.ipv6.conf.all.forwarding is 0')]);
    expect((await node.run('sysctl', ['-n', 'net.ipv6.conf.all.forwarding'])).stdout.trim()).toBe('0');
  });

  it('removes both tables when it cleans up', async () => {
    await serve(infinittCheck({ number: 9, servers: [] }), check());
    await engine.clean();
    expect((await node.run('nft', ['list', 'ruleset'])).stdout).toBe('');
  });
});
