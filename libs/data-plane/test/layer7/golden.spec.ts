import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Hash } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import { filesOf, Layer7Wishes } from '../../src/layer7/wanted.ts';
import { aPicture, type Sketch } from './a-picture.ts';

// UPDATE_GOLDEN=1 writes the goldens anew: then read the difference. HAProxy's own opinion of them is asked in libs/haproxy.

const folder = fileURLToPath(new URL('../../golden/layer7/', import.meta.url));
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

const sha256 = (text: string): Hash => createHash('sha256').update(text).digest('hex') as Hash;

const expectGolden = (file: string, text: string): void => {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(folder + file, text);
  expect(existsSync(folder + file) ? readFileSync(folder + file, 'utf8') : 'no such file').toBe(text);
};

describe.each(cases)('%s', (name) => {
  const picture = aPicture(JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as Sketch);
  const files = filesOf(new Layer7Wishes(sha256).of(picture).wanted);

  it('gives this haproxy.cfg', () => expectGolden(`${name}.cfg`, files.configuration));
  it('gives this server state file', () => expectGolden(`${name}.state`, files.serverStates));
});
