import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Layer4Engine } from '@evenkeel/data-plane';
import { infinittCheck, pictureOf, type ServiceTale } from '@evenkeel/data-plane/test/layer4';
import { createLab, describeNeeding, type Lab, until } from '@evenkeel/testing/lab';
import { Asker } from '../test/asker.ts';
import { KernelNftables } from './kernel-nftables.ts';

const answerer = fileURLToPath(new URL('../test/answerer-main.ts', import.meta.url));
const backEnds = { pacs1: '127.0.85.200', pacs2: '127.0.85.201', pacs3: '127.0.85.202' };

// One box, as the demo is: the VIP, the real servers and their clients are on loopback addresses of one host, which
// forwards nothing. No kernel setting is touched.
describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
  'conntrack',
)('layer 4 on loopback', () => {
  let lab: Lab;
  let nftables: KernelNftables;
  let engine: Layer4Engine;
  let client: Asker;

  beforeAll(async () => {
    lab = await createLab({ hosts: [{ name: 'box', links: [{ switch: 'lan', address: '192.168.85.20/24' }] }] });
    const box = lab.host('box');
    nftables = new KernelNftables({ prefix: ['ip', 'netns', 'exec', box.namespace], mayEnableForwarding: false });
    engine = new Layer4Engine(nftables);
    client = Asker.on(box);
    for (const [name, address] of Object.entries(backEnds)) {
      const server = box.spawn(process.execPath, [answerer, name, address, '13700']);
      await until(`${name} answers`, () => Promise.resolve(server.lastWords.includes('ready')), { process: server });
    }
  });
  afterAll(async () => {
    client.stop();
    nftables.close();
    await lab.dispose();
  });

  const demo = (fields: Partial<ServiceTale> = {}): ServiceTale =>
    infinittCheck({
      address: '127.0.85.150',
      ports: [13_700],
      balance: 'round-robin',
      persistence: { kind: 'none' },
      servers: Object.values(backEnds).map((address, index) => ({ number: 2 + index, address })),
      ...(fields as object),
    });
  const question = { to: '127.0.85.150', port: 13_700, from: '127.0.0.1' };

  it.each(['udp', 'tcp'] as const)('%s: serves all real servers, and waits for nothing', async (transport) => {
    expect((await engine.converge(pictureOf(demo()))).waitingFor).toEqual([]);
    expect(await client.count(30, { ...question, transport })).toEqual({ pacs1: 10, pacs2: 10, pacs3: 10 });
  });

  it('keeps a client with its server, and moves it when that is down', async () => {
    const sticky = { persistence: { kind: 'source-ip', timeout: '5m' } } as const;
    await engine.converge(pictureOf(demo(sticky)));
    const first = await client.ask({ ...question, flow: 'steady' });
    expect(await client.count(10, question)).toEqual({ [first]: 10 });
    const servers = Object.entries(backEnds).map(([name, address], index) => ({
      number: 2 + index,
      address,
      verdict: name === first ? ('down' as const) : ('up' as const),
    }));
    await engine.converge(pictureOf(demo({ ...sticky, servers })));
    const next = await client.ask({ flow: 'steady' });
    expect(Object.keys(backEnds)).toContain(next);
    expect(next).not.toBe(first);
    expect(await client.count(10, question)).toEqual({ [next]: 10 });
  });

  it('shows real servers the address that the client has: on its own host nothing needs to be translated', async () => {
    expect(await client.answer({ ...question, from: '127.0.0.9' })).toEqual({
      said: expect.stringMatching(/pacs\d 127\.0\.0\.9/),
    });
  });
});
