import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Layer4Engine } from '@evenkeel/data-plane';
import { infinittCheck, pictureOf, type ServerTale } from '@evenkeel/data-plane/test/layer4';
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
)('a limit of connections', () => {
  let lab: Lab;
  let nftables: KernelNftables;
  let client: Asker;

  beforeAll(async () => {
    lab = await pacsLab();
    await lab.host('node').addAddress(`${pacsNetwork.vip}/24`);
    const prefix = ['ip', 'netns', 'exec', lab.host('node').namespace];
    nftables = new KernelNftables({ prefix, mayEnableForwarding: false });
    client = Asker.on(lab.host('client'));
    for (const name of ['pacs1', 'pacs2'] as const) {
      const server = lab.host(name).spawn(process.execPath, [answerer, name, pacsNetwork[name], '137']);
      await until(`${name} answers`, () => Promise.resolve(server.lastWords.includes('ready')), { process: server });
    }
  });
  afterAll(async () => {
    client.stop();
    nftables.close();
    await lab.dispose();
  });
  beforeEach(async () => {
    await lab.host('node').run('nft', ['flush', 'ruleset']);
    await lab.host('node').run('conntrack', ['-F']);
  });

  /** pacs1 gets 255 of 256 clients until it is full; pacs2 gets the rest. */
  const serve = async (limits: Partial<ServerTale>): Promise<void> => {
    const servers: ServerTale[] = [
      { number: 2, label: 'pacs1', address: pacsNetwork.pacs1, weight: 255, ...limits },
      { number: 3, label: 'pacs2', address: pacsNetwork.pacs2, weight: 1 },
    ];
    await new Layer4Engine(nftables).converge(pictureOf(infinittCheck({ persistence: { kind: 'none' }, servers })));
  };

  let flows = 0;
  /** Opens connections that stay open; the names of the flows that pacs1 has got. */
  const open = async (count: number, transport: 'tcp' | 'udp' = 'tcp'): Promise<string[]> => {
    const atPacs1: string[] = [];
    for (let round = 0; round < count; round += 1) {
      const flow = `limited ${(flows += 1)}`;
      if ((await client.ask({ flow, transport, patienceMs: 5_000 })) === 'pacs1') atPacs1.push(flow);
    }
    return atPacs1;
  };
  const close = async (names: readonly string[]): Promise<void> => {
    for (const flow of names) await client.close(flow);
    await rest(50); // the last packets of a connection come after its owner has done with it
  };

  it.each(['tcp', 'udp'] as const)('%s: is never passed; the next clients go elsewhere', async (transport) => {
    await serve({ maxConnections: 5 });
    expect(await open(30, transport)).toHaveLength(5);
  });

  it('lets one in for each one that goes', async () => {
    await serve({ maxConnections: 5 });
    const first = await open(20);
    await close(first.slice(0, 2));
    expect(await open(20)).toHaveLength(2);
  });

  it('with a lower level stays shut until that is reached, and then takes all again', async () => {
    await serve({ maxConnections: 8, minConnections: 3 });
    const first = await open(24);
    expect(first).toHaveLength(8);
    await close(first.slice(0, 3));
    expect(await open(5)).toHaveLength(0);
    for (const flow of first.slice(3, 6)) await close([flow]);
    expect(await open(24)).toHaveLength(6);
  });

  it('refuses clients when everyone is full', async () => {
    const servers = [{ number: 2, address: pacsNetwork.pacs1, maxConnections: 2 }];
    await new Layer4Engine(nftables).converge(pictureOf(infinittCheck({ persistence: { kind: 'none' }, servers })));
    expect(await open(2)).toHaveLength(2);
    expect(await client.ask({ transport: 'tcp' })).toBe('ECONNREFUSED');
  });

  it('reopens for UDP, whose flows end in silence, a few seconds after they ended', async () => {
    await serve({ maxConnections: 2 });
    expect(await open(10, 'udp')).toHaveLength(2);
    await lab.host('node').run('conntrack', ['-D', '-p', 'udp']);
    expect(await open(3, 'udp')).toHaveLength(0);
    await rest(5_200);
    expect(await open(10, 'udp')).toHaveLength(2);
  });
});
