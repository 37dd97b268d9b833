import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLab, describeNeeding, type Lab, type LabHost } from '@evenkeel/testing/lab';

// The renderings of libs/data-plane, word for word, as nft and the kernel take them.

const folder = fileURLToPath(new URL('../../data-plane/golden/layer4/', import.meta.url));
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.nft'))
  .map((file) => file.replace('.nft', ''));

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
)('the golden ruleset', () => {
  let lab: Lab;
  let node: LabHost;

  beforeAll(async () => {
    lab = await createLab({ hosts: [{ name: 'node', links: [{ switch: 'lan', address: '192.168.85.20/24' }] }] });
    node = lab.host('node');
  });
  beforeEach(() => nft('flush', 'ruleset'));
  afterAll(() => lab.dispose());

  const nft = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await node.run('nft', args);
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  };

  describe.each(cases)('%s', (name) => {
    it('is accepted by nft -c, as JSON', () => nft('-c', '-j', '-f', `${folder}${name}.nft.json`));

    it('makes the same table from the transaction as from the text for people', async () => {
      await nft('-j', '-f', `${folder}${name}.nft.json`);
      const fromJson = await nft('-s', 'list', 'ruleset');
      await nft('flush', 'ruleset');
      if (readFileSync(`${folder}${name}.nft`, 'utf8') !== '') await nft('-f', `${folder}${name}.nft`);
      expect(inOneOrder(await nft('-s', 'list', 'ruleset'))).toEqual(inOneOrder(fromJson));
    });
  });
});

/** nft lists things of a kind as they were made; which of two sets came first means nothing. */
const inOneOrder = (listing: string): string[] =>
  listing
    .split('\n\n')
    .map((block) => block.trim())
    .toSorted();
