import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  clientsName,
  diffLayer4,
  families,
  type Family,
  layer4Table,
  NftRefused,
  trialTransaction,
  wantedLayer4,
} from '@evenkeel/data-plane';
import { infinittCheck, nftablesSuite, pictureOf, type ServiceTale } from '@evenkeel/data-plane/test/layer4';
import {
  createLab,
  describeNeeding,
  type Lab,
  type LabHost,
  makeTempFolder,
  runCommand,
  until,
} from '@evenkeel/testing/lab';
import { KernelNftables } from './kernel-nftables.ts';

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
)('the kernel', () => {
  let lab: Lab;
  let node: LabHost;
  let nftables: KernelNftables;

  beforeAll(async () => {
    lab = await createLab({ hosts: [{ name: 'node', links: [{ switch: 'lan', address: '192.168.85.20/24' }] }] });
    node = lab.host('node');
    const prefix = ['ip', 'netns', 'exec', node.namespace];
    nftables = new KernelNftables({ prefix, mayEnableForwarding: false });
  });
  afterAll(async () => {
    nftables.close();
    await lab.dispose();
  });

  const nft = async (...args: string[]): Promise<string> => (await node.run('nft', args)).stdout;
  const reset = async (): Promise<void> => void (await nft('flush', 'ruleset'));
  const rememberIn =
    (family: Family) =>
    async (server: number, address: string): Promise<void> => {
      const element = `{ ${address} timeout 300s expires 200s }`;
      await nft('add', 'element', family, 'evenkeel', clientsName(server), element);
    };

  for (const family of families) {
    nftablesSuite('nft and the kernel', family, () => ({
      nftables: nftables.in(family),
      reset,
      remember: rememberIn(family),
    }));
  }

  describe('beyond what the twin can tell', () => {
    const serve = async (...services: ServiceTale[]): Promise<void> =>
      nftables.apply(
        diffLayer4(wantedLayer4(pictureOf(...services), 'ip').ruleset, await nftables.observe()).transaction,
      );

    it.each(families)('is able, as root, in family %s', async (family) => {
      expect(await nftables.in(family).ability()).toEqual({ state: 'able' });
    });

    it.each(families)('sees and changes its own family only: %s', async (family) => {
      await reset();
      const other = family === 'ip' ? 'ip6' : 'ip';
      await nftables.in(other).apply([{ add: { table: layer4Table(other) } }]);
      expect(await nftables.in(family).observe()).toBeUndefined();
      await nftables.in(family).apply([{ add: { table: layer4Table(family) } }]);
      await nftables.in(other).apply([{ delete: { table: layer4Table(other) } }]);
      expect(await nftables.in(family).observe()).toMatchObject({ family });
    });

    it('tries its ability without touching what runs', async () => {
      await reset();
      await serve(infinittCheck());
      const before = await nft('list', 'ruleset');
      await nftables.ability();
      expect(await nft('list', 'ruleset')).toBe(before);
    });

    it('leaves every table alone that is not its own', async () => {
      await reset();
      for (const name of ['evenkeel_ha', 'filter']) await nft('add', 'table', 'ip', name);
      await nft('add', 'table', 'inet', 'evenkeel');
      const others = await nft('list', 'ruleset');
      await serve(infinittCheck());
      await serve();
      expect(await nft('list', 'ruleset')).toBe(others);
    });

    it('removes what it would never have made from its own table', async () => {
      await reset();
      await serve(infinittCheck());
      await nft('add', 'map', 'ip', 'evenkeel', 'strange', '{ type ipv4_addr : mark; }');
      const { ruleset } = wantedLayer4(pictureOf(infinittCheck()), 'ip');
      expect(diffLayer4(ruleset, await nftables.observe()).differences).toEqual(['map strange is not wanted']);
      await serve(infinittCheck());
      expect(diffLayer4(ruleset, await nftables.observe()).differences).toEqual([]);
    });

    it('answers each of several questions at once with its own answer', async () => {
      await reset();
      await serve(infinittCheck());
      const [first, refused, second] = await Promise.allSettled([
        nftables.observe(),
        nftables.apply([{ flush: { chain: { family: 'ip', table: 'evenkeel', name: 'no_such_chain' } } }]),
        nftables.observe(),
      ]);
      expect(first).toEqual(second);
      expect(first.status).toBe('fulfilled');
      expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(NftRefused) });
    });

    it('takes two hundred services in one transaction', async () => {
      await reset();
      const services = Array.from({ length: 200 }, (_, index): ServiceTale => {
        const number = 1 + index * 4;
        const servers = [1, 2, 3].map((offset) => ({ number: number + offset, address: `192.168.85.${199 + offset}` }));
        return infinittCheck({ number, label: `service-${number}`, ports: [1_000 + index], servers });
      });
      await serve(...services);
      const wanted = wantedLayer4(pictureOf(...services), 'ip');
      expect(diffLayer4(wanted.ruleset, await nftables.observe()).differences).toEqual([]);
    });

    it('starts another nft when the one it had has died', async () => {
      await reset();
      await serve(infinittCheck());
      const { stdout } = await runCommand('ip', ['netns', 'pids', node.namespace]);
      expect(stdout.trim()).toMatch(/^\d+$/);
      await node.run('kill', ['-9', stdout.trim()]);
      await until(
        'the table is observed again',
        async () => (await nftables.observe().catch(() => undefined)) !== undefined,
      );
    });

    it('says what the kernel has against a transaction, and does nothing of it', async () => {
      await reset();
      expect(await nftables.wordsAgainst(trialTransaction('ip'))).toBeUndefined();
      const words = await nftables.wordsAgainst([{ delete: { table: layer4Table('ip') } }]);
      expect(words).toContain('No such file or directory');
      expect(await nftables.observe()).toBeUndefined();
    });

    it('reads and, where it may, switches on forwarding', async () => {
      expect(await nftables.isForwarding()).toBe(false);
      const allowed = new KernelNftables({
        prefix: ['ip', 'netns', 'exec', node.namespace],
        mayEnableForwarding: true,
      });
      expect(await allowed.isForwarding()).toBe(true);
      expect(await nftables.isForwarding()).toBe(true);
    });

    it('reads forwarding of IPv6, and leaves it as it is: it would cost the host its routes', async () => {
      const prefix = ['ip', 'netns', 'exec', node.namespace];
      const six = new KernelNftables({ prefix, mayEnableForwarding: true }, 'ip6');
      expect(await six.isForwarding()).toBe(false);
      await node.run('sysctl', ['-q', '-w', 'net.ipv6.conf.all.forwarding=1']);
      expect(await six.isForwarding()).toBe(true);
    });
  });
});

describeNeeding(
  describe,
  'root',
  'nft',
)('a user who may not', () => {
  it('is told so in the words of nft', async () => {
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const nftables = new KernelNftables({ prefix: asNobody, mayEnableForwarding: false });
    const ability = await nftables.ability();
    expect(ability).toEqual({ state: 'refused', words: expect.stringContaining('Operation not permitted') });
  });

  it('is told which package is missing', async () => {
    const folder = await makeTempFolder('no-nft');
    for (const program of ['sh', 'cat']) await symlink(`/bin/${program}`, join(folder.path, program));
    const nftables = new KernelNftables({ prefix: ['env', `PATH=${folder.path}`], mayEnableForwarding: false });
    const ability = await nftables.ability();
    await folder.remove();
    expect(ability).toEqual({ state: 'refused', words: 'nft: not installed (Debian package nftables)' });
  });
});
