import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { diffLayer4 } from '../../src/layer4/diff.ts';
import { families } from '../../src/layer4/ruleset.ts';
import { wantedLayer4 } from '../../src/layer4/wanted.ts';
import { pictureOf, type ServiceTale } from './picture-of.ts';

// UPDATE_GOLDEN=1 writes the goldens anew: then read the difference. The kernel's own opinion of them is asked in libs/nftables.

const folder = fileURLToPath(new URL('../../golden/layer4/', import.meta.url));
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json') && !file.endsWith('.nft.json'))
  .map((file) => file.replace('.json', ''));

const expectGolden = (file: string, text: string): void => {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(folder + file, text);
  expect(existsSync(folder + file) ? readFileSync(folder + file, 'utf8') : 'no such file').toBe(text);
};

describe.each(cases)('%s', (name) => {
  const tales = JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as ServiceTale[];
  const tables = families.map((family) => wantedLayer4(pictureOf(...tales), family));

  it('gives this table', () => expectGolden(`${name}.nft`, tables.flatMap(({ text }) => text).join('')));
  it('gives this transaction on a kernel without a table', () => {
    const transactions = tables.flatMap(({ ruleset }) => diffLayer4(ruleset, undefined).transaction);
    const commands = transactions.map((command) => `  ${JSON.stringify(command)}`);
    expectGolden(`${name}.nft.json`, `{ "nftables": [\n${commands.join(',\n')}\n] }\n`);
  });
});
