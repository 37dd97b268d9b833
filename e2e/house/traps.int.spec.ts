import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

// docs/reference/traps.md says which test is about which trap: each must be there, by the very name.

const root = join(import.meta.dirname, '../..');
const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
const page = await read('docs/reference/traps.md');

/** Of each row of a table: the trap, and its test as `file` “name”. */
const traps = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (trap |-)/.test(line))
  .map((line) => {
    const [, trap = line, file = '', name = ''] = /^\| (.*?) +\| `([^`]+)` “([^”]+)” *\|$/.exec(line) ?? [];
    return { trap, file, name };
  });
const quotes = ["'", '"', '`'];

describe('traps of the data plane', () => {
  it('are listed', () => {
    expect(traps.length).toBeGreaterThan(40);
    expect(new Set(traps.map(({ trap }) => trap)).size).toBe(traps.length);
  });

  it.each(traps)('$trap: has its test', async ({ file, name }) => {
    const source = await read(file);
    expect({ file, name, isThere: quotes.some((quote) => source.includes(`${quote}${name}${quote}`)) }).toEqual({
      ...{ file, name },
      isThere: true,
    });
  });
});
