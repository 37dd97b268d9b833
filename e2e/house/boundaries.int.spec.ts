import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, it } from '@jest/globals';

// The lint configuration is a wall of the house: each case is a deliberate hole in it, and lint must see it.

const root = join(import.meta.dirname, '../..');
const tool = (name: string): string => join(root, 'node_modules/.bin', name);

const run = async (program: string, args: readonly string[], input = ''): Promise<string> => {
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  return text(child.stdout);
};

type Hole = readonly [name: string, file: string, code: string, rule: string];

/** What ESLint reports for each code, were it the content of its file: rule ids and messages. One process makes all types once. */
const complaintsAbout = async (holes: readonly Hole[]): Promise<string[]> => {
  const cases = holes.map(([, file, code]) => ({ code, filePath: join(root, file) }));
  const output = await run('node', [join(import.meta.dirname, 'lint-texts.mjs')], JSON.stringify(cases));
  return JSON.parse(output) as string[];
};

const boundaries = '@nx/enforce-module-boundaries';

const right = 'an import in the right direction';
const holes: readonly Hole[] = [
  ['a rule', 'libs/cluster/src/index.ts', "import '@evenkeel/bus';", boundaries],
  ['a door', 'libs/bus/src/index.ts', "import '@evenkeel/embedded';", boundaries],
  ['a service', 'services/gateway/src/index.ts', "import '@evenkeel/config';", boundaries],
  ['a service that reaches past its door', 'services/config/src/index.ts', "import 'pg';", boundaries],
  ['the contracts', 'libs/contracts/src/index.ts', "import '@evenkeel/cluster';", boundaries],
  ['a rule with I/O', 'libs/cluster/src/index.ts', "import 'node:fs';", 'no-restricted-imports'],
  ['a rule with a clock', 'libs/cluster/src/index.ts', 'export const now = Date.now();', 'no-restricted-properties'],
  [right, 'libs/cluster/src/index.ts', "import '@evenkeel/contracts';", boundaries],
];
const complaints = new Map<string, string>();

// Outside Nx the boundary rule reads the project graph that Nx stored last: make a fresh one.
beforeAll(async () => {
  await run(tool('nx'), ['show', 'projects']);
  (await complaintsAbout(holes)).forEach((words, index) => complaints.set(holes[index]![0], words));
}, 240_000);

it.each(holes.filter(([name]) => name !== right))('stops %s', (name, _file, _code, rule) => {
  expect(complaints.get(name)).toContain(rule);
});

it(`has nothing to say about ${right}`, () => {
  expect(complaints.get(right)).not.toContain(boundaries);
});
