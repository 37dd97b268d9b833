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

/** Rule ids and messages that ESLint reports for `code`, were it the content of `file`. */
const complaints = async (file: string, code: string): Promise<string> => {
  const output = await run(tool('eslint'), ['--format', 'json', '--stdin', '--stdin-filename', join(root, file)], code);
  const [result] = JSON.parse(output) as [{ messages: { ruleId: string | null; message: string }[] }];
  return result.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`).join('\n');
};

const boundaries = '@nx/enforce-module-boundaries';

// Outside Nx the boundary rule reads the project graph that Nx stored last: make a fresh one.
beforeAll(() => run(tool('nx'), ['show', 'projects']), 120_000);

it.each([
  ['a rule', 'libs/cluster/src/index.ts', "import '@evenkeel/bus';", boundaries],
  ['a door', 'libs/bus/src/index.ts', "import '@evenkeel/embedded';", boundaries],
  ['a service', 'services/gateway/src/index.ts', "import '@evenkeel/config';", boundaries],
  ['a service that reaches past its door', 'services/config/src/index.ts', "import 'pg';", boundaries],
  ['the contracts', 'libs/contracts/src/index.ts', "import '@evenkeel/cluster';", boundaries],
  ['a rule with I/O', 'libs/cluster/src/index.ts', "import 'node:fs';", 'no-restricted-imports'],
  ['a rule with a clock', 'libs/cluster/src/index.ts', 'export const now = Date.now();', 'no-restricted-properties'],
])(
  'stops %s',
  async (_, file, code, rule) => {
    expect(await complaints(file, code)).toContain(rule);
  },
  60_000,
);

it('has nothing to say about an import in the right direction', async () => {
  expect(await complaints('libs/cluster/src/index.ts', "import '@evenkeel/contracts';")).not.toContain(boundaries);
}, 60_000);
