import { isRunning, until } from '@evenkeel/testing/lab';
import { expect, it } from '@jest/globals';
import { type Ran, runBounded } from './run-bounded.ts';

const environment = { PATH: '/usr/bin:/bin' };
const never = new AbortController().signal;
const script = async (text: string, signal = never): Promise<Ran> => {
  const ended = await runBounded('sh', { args: ['-c', text], environment, signal });
  if (ended.kind !== 'ran') throw new Error(`sh did not start: ${ended.code}`);
  return ended;
};
const after = (ms: number): AbortSignal => AbortSignal.timeout(ms);
const isGone = (pid: string) => until('it is gone', async () => !(await isRunning(Number(pid))));

it('tells code, output and errors', async () => {
  expect(await script('echo all up; echo careful >&2; exit 3')).toEqual({
    ...{ kind: 'ran', code: 3, output: 'all up\n', errors: 'careful\n' },
  });
});

it('inherits nothing: no variables of ours, no standard input, no folder', async () => {
  process.env.PROBES_TEST_SECRET = 'hidden';
  const { output } = await script('env; pwd; cat').finally(() => delete process.env.PROBES_TEST_SECRET);
  expect(output).not.toContain('PROBES_TEST_SECRET');
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => !/^(PATH|PWD|SHLVL|_|OLDPWD)=/.test(line));
  expect(lines).toEqual(['/']);
});

it('keeps the first 4 KiB, and reads the rest so that the program can end', async () => {
  const { output, code } = await script("head -c 1000000 /dev/zero | tr '\\0' x; exit 4");
  expect(output).toHaveLength(4_096);
  expect(code).toBe(4);
});

it('ends with the signal, and what was started ends too', async () => {
  const startedMs = performance.now();
  const { code, output } = await script('sleep 60 & echo $!; wait', after(200));
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  expect(code).toBeNull();
  await isGone(output.trim());
});

it('leaves nobody behind when it ends well', async () => {
  const { code, output } = await script('sleep 60 & echo $!');
  expect(code).toBe(0);
  await isGone(output.trim());
});

it('does not wait for somebody who left the group and holds the output', async () => {
  const startedMs = performance.now();
  const { output } = await script('setsid sleep 5 & echo $!');
  expect(performance.now() - startedMs).toBeLessThan(4_000);
  expect(output).toMatch(/^\d+\n$/);
});

it('says why a program did not start', async () => {
  const run = (command: string) => runBounded(command, { args: [], environment, signal: never });
  expect(await run('no-such-program')).toEqual({ kind: 'not-started', code: 'ENOENT' });
  expect(await run('/etc/passwd')).toEqual({ kind: 'not-started', code: 'EACCES' });
});
