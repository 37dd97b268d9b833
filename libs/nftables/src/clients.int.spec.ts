import { setTimeout as rest } from 'node:timers/promises';
import { ClientWatch, KnownClients, Layer4Engine, type RememberedClient } from '@evenkeel/data-plane';
import { infinittCheck, pictureOf } from '@evenkeel/data-plane/test/layer4';
import { SystemClock } from '@evenkeel/kernel/system';
import { createLab, describeNeeding, type Lab, type LabHost } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KernelNftables } from './kernel-nftables.ts';

const clock = new SystemClock();
const picture = pictureOf(infinittCheck());

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
  'conntrack',
)('the clients that the kernel remembers', () => {
  let lab: Lab;
  let node: LabHost;
  let nftables: KernelNftables;
  let known: KnownClients;
  let engine: Layer4Engine;
  let watch: ClientWatch;

  beforeAll(async () => {
    lab = await createLab({ hosts: [{ name: 'node', links: [{ switch: 'lan', address: '192.168.85.20/24' }] }] });
    node = lab.host('node');
    nftables = new KernelNftables({ prefix: ['ip', 'netns', 'exec', node.namespace], mayEnableForwarding: true });
  });
  afterAll(async () => {
    nftables.close();
    await lab.dispose();
  });
  beforeEach(async () => {
    await node.run('nft', ['flush', 'ruleset']);
    start();
    await engine.converge(picture);
  });

  const start = (from = new KnownClients(clock)): void => {
    known = from;
    engine = new Layer4Engine(nftables, known);
    watch = new ClientWatch(known, nftables, clock);
  };
  const client = (index: number): string => `10.0.${index >> 8}.${index & 255}`;
  /** As rules in the kernel would have learnt them, in turn on the three real servers. */
  const learn = async (count: number, expiresSeconds: number): Promise<void> => {
    const all = Array.from({ length: count }, (_, index) => client(index));
    for (const server of [2, 3, 4]) {
      const elem = all
        .filter((_, index) => index % 3 === server - 2)
        .map((val) => ({ elem: { val, timeout: 300, expires: expiresSeconds } }));
      await nftables.apply([
        { add: { element: { family: 'ip', table: 'evenkeel', name: `clients_${server}`, elem } } },
      ]);
    }
  };
  const remembered = async (server: number): Promise<readonly RememberedClient[]> =>
    (await nftables.clients([server])).get(server) ?? [];
  const deleteTable = async (): Promise<void> => {
    expect(await node.run('nft', ['delete', 'table', 'ip', 'evenkeel'])).toMatchObject({ code: 0 });
  };

  it('stay through a restart of the worker that leaves the kernel serving: it touches no set', async () => {
    await learn(3, 200);
    start();
    expect(await engine.converge(picture)).toMatchObject({ method: 'none', waitingFor: [] });
    expect(await remembered(2)).toMatchObject([{ address: client(0) }]);
  });

  it('are put back with the table that somebody has deleted, with no more time than they had', async () => {
    await learn(3, 100);
    await watch.look();
    await rest(2_100);
    await deleteTable();
    expect(await engine.sweep(picture)).toMatchObject({ repairs: ['table evenkeel is missing'] });
    for (const server of [2, 3, 4]) {
      const [one, ...more] = await remembered(server);
      expect(one).toMatchObject({ address: client(server - 2), timeoutSeconds: 300 });
      expect(one?.expiresSeconds).toBeLessThan(98);
      expect(more).toEqual([]);
    }
  });

  it('are put back by a worker that was stopped and removed its table, or by one on a kernel that was started anew', async () => {
    await learn(3, 200);
    await watch.look();
    const written = known.record();
    await engine.clean();
    start(new KnownClients(clock, written));
    await engine.converge(picture);
    expect(await remembered(4)).toMatchObject([{ address: client(2) }]);
  });

  it('may be ten thousand', async () => {
    await learn(10_000, 200);
    await watch.look();
    await deleteTable();
    expect((await engine.sweep(picture)).convergence).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect((await remembered(2)).length + (await remembered(3)).length + (await remembered(4)).length).toBe(10_000);
  });
});
