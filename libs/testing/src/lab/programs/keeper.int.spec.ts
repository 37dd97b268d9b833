import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { isRunning } from './is-running.ts';
import { describeNeeding } from './needs.ts';
import { runCommand } from './run-command.ts';
import { until } from './until.ts';

/** Runs a module that prints one JSON value and is then killed: nothing of its own can run any more. */
const runUntilKilled = async (source: string): Promise<unknown> => {
  const dying = `${source}; process.stdout.write(JSON.stringify(left), () => process.kill(process.pid, 'SIGKILL'));`;
  const { stdout, stderr, code } = await runCommand(process.execPath, ['--input-type=module', '--eval', dying]);
  expect({ stderr, code }).toEqual({ stderr: '', code: undefined });
  return JSON.parse(stdout);
};

const modulePath = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

describe('the keeper, when what it works for is killed', () => {
  it('removes its processes and folders', async () => {
    const left = (await runUntilKilled(`
      import { spawn } from 'node:child_process';
      import { keep } from ${modulePath('keeper.ts')};
      import { makeTempFolder } from ${modulePath('temp-folder.ts')};
      const { pid } = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
      keep({ kind: 'process-group', pid });
      const { path } = await makeTempFolder('keeper-test');
      const left = { pid, path }`)) as { pid: number; path: string };
    await until('both are gone', async () => !existsSync(left.path) && !(await isRunning(left.pid)));
  });
});

describeNeeding(
  describe,
  'root',
  'ip',
)('the keeper, when what it works for is killed', () => {
  it('removes its network namespaces and what runs in them', async () => {
    const left = (await runUntilKilled(`
      import { spawn } from 'node:child_process';
      import { keep } from ${modulePath('keeper.ts')};
      import { inNamespace, ip } from ${modulePath('../network/namespace.ts')};
      const name = 'ek-' + process.pid + '-keeper';
      keep({ kind: 'namespace', name });
      await ip(undefined, ['netns add ' + name]);
      const { pid } = spawn('ip', inNamespace(name, 'sleep', ['60']), { detached: true, stdio: 'ignore' });
      const left = { pid, name }`)) as { pid: number; name: string };
    const namespaces = async (): Promise<string> => (await runCommand('ip', ['netns', 'list'])).stdout;
    await until('both are gone', async () => !(await namespaces()).includes(left.name) && !(await isRunning(left.pid)));
  });
});
