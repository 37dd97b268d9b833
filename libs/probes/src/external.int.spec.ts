import { SystemClock } from '@evenkeel/kernel/system';
import { isRunning, makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aCheck } from '../test/ask.ts';
import { Probes } from './probes.ts';
import { Transcript } from './transcript.ts';

let around: TempFolder;
let folder: string;
beforeEach(async () => {
  around = await makeTempFolder('programs');
  folder = join(around.path, 'programs');
  await mkdir(folder, { mode: 0o755 });
});
afterEach(() => around.remove());

const write = async (name: string, text: string, mode = 0o755): Promise<void> => {
  const file = join(folder, name);
  await writeFile(file, text);
  await chmod(file, mode); // whatever the umask says
};
const script = (text: string, name = 'check'): Promise<void> => write(name, `#!/bin/sh\n${text}\n`);
const at = { address: '127.0.0.1', port: 104 };
const ask = (fields: { program?: string; arguments?: string[]; timeout?: string } = {}, programs?: string) =>
  new Probes(new SystemClock(), undefined, { programs: programs ?? folder }).probe(
    aCheck({ kind: 'external', program: 'check', ...fields }),
    at,
  );
/** What a hostile program has left in a file of the folder. */
const left = async (name: string): Promise<string> => (await readFile(join(folder, name), 'utf8')).trim();

describe('a program that asks', () => {
  it('says by its exit code whether the server is up, and why in its first line', async () => {
    await script('echo "studies: 3"; exit 0');
    expect(await ask()).toMatchObject({ outcome: 'passed', detail: 'check exited with 0: studies: 3' });
    await script('echo "no answer"; exit 2');
    expect(await ask()).toMatchObject({
      outcome: 'failed',
      reason: 'external-failed',
      detail: 'check exited with 2: no answer',
    });
  });

  it('is told address, port and the arguments of the check, each as it stands: no shell has looked at them', async () => {
    await script(`printf '<%s>' "$@"`);
    const odd = ['two words', '$(id)', '`id`', ';', '*', "'", '--', '-x'];
    expect((await ask({ arguments: odd })).detail).toBe(
      `check exited with 0: ${['127.0.0.1', '104', ...odd].map((one) => `<${one}>`).join('')}`,
    );
  });

  it('inherits nothing: no variables but three, no input, no folder', async () => {
    process.env.PROBES_TEST_SECRET = 'hidden';
    await script('env | cut -d= -f1 | sort | tr "\\n" " "; pwd; cat');
    const { detail } = await ask().finally(() => delete process.env.PROBES_TEST_SECRET);
    const names = detail.replace('check exited with 0: ', '').split(' ');
    // The shell itself adds PWD, and with some shells two more.
    const given = names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name));
    expect(given).toEqual(['EVENKEEL_TIMEOUT_MS', 'LC_ALL', 'PATH', '/']);
  });

  it('may be a link to where the package has put it', async () => {
    await symlink('/bin/true', join(folder, 'check'));
    expect(await ask()).toMatchObject({ outcome: 'passed' });
  });

  it('is shown to whoever runs the check', async () => {
    await script('echo fine; echo secret-of-the-second-line');
    const transcript = new Transcript(new SystemClock());
    const probes = new Probes(new SystemClock(), undefined, { programs: folder });
    await probes.probe(aCheck({ kind: 'external', program: 'check', arguments: ['-v'] }), at, transcript.listen);
    expect(transcript.written().steps).toMatchObject([
      { by: 'checker', lines: ['check 127.0.0.1 104 -v'] },
      { by: 'server', lines: ['fine'] },
    ]);
  });
});

describe('a program that is not run', () => {
  const disabled = (words: string | RegExp) => ({
    outcome: 'not-asked',
    reason: 'external-disabled',
    detail: expect.stringMatching(words) as unknown,
  });

  it('is any, where nobody has named a folder: that says nothing about the server', async () => {
    const check = aCheck({ kind: 'external', program: 'check' });
    expect(await new Probes(new SystemClock()).probe(check, at)).toMatchObject(
      disabled(/^this checker runs no programs/),
    );
  });

  it('is one that is not there, or is a folder', async () => {
    expect(await ask()).toMatchObject(disabled('ENOENT'));
    await mkdir(join(folder, 'check'));
    expect(await ask()).toMatchObject(disabled('is no program'));
  });

  it('is one outside of the folder, also when an old book says so', async () => {
    await script('exit 0', '../outside');
    for (const program of ['../outside', '/bin/true', '..', '.'])
      expect(
        await new Probes(new SystemClock(), undefined, { programs: folder }).probe(
          { ...aCheck({ kind: 'external', program: 'check' }), program } as ReturnType<typeof aCheck>,
          at,
        ),
      ).toMatchObject(disabled('is no name of a program'));
  });

  it('is one that anybody may have written', async () => {
    await write('check', '#!/bin/sh\nexit 0\n', 0o757);
    expect(await ask()).toMatchObject(disabled('anybody may write there'));
    await script('exit 0');
    await chmod(folder, 0o777);
    expect(await ask()).toMatchObject(disabled('anybody may write there'));
  });

  it.each([
    ['not executable', '#!/bin/sh\nexit 0\n', 0o644, 'EACCES'],
    ['without an interpreter', '#!/no/such/program\n', 0o755, 'ENOENT'],
    ['without the program that it needs', '#!/bin/sh\nexec no-such-program\n', 0o755, '127'],
    ['not a program at all', '\u0000\u0001nonsense', 0o755, '127'],
  ])('is one that is %s: the fault is ours', async (_what, text, mode, code) => {
    await write('check', text, mode);
    expect(await ask()).toMatchObject({
      outcome: 'not-asked',
      reason: 'checker-failed',
      detail: expect.stringContaining(code) as unknown,
    });
  });
});

describe('a hostile program', () => {
  const overdue = { outcome: 'failed', reason: 'external-timeout' };
  const isGone = async (name: string) => {
    const pid = Number(await left(name));
    await until('it is gone', async () => !(await isRunning(pid)));
  };

  it('that goes on for ever is killed, and so is what it has started', async () => {
    await script('sleep 60 & echo $! > "$3"; echo working; wait');
    expect(await ask({ timeout: '500ms', arguments: [join(folder, 'pid')] })).toMatchObject({
      ...overdue,
      detail: 'check did not end within 500ms: working',
    });
    await isGone('pid');
  });

  it('that does not want to be ended is', async () => {
    await script('trap \'\' TERM INT HUP; echo $$ > "$3"; while :; do sleep 1; done');
    expect(await ask({ timeout: '500ms', arguments: [join(folder, 'pid')] })).toMatchObject(overdue);
    await isGone('pid');
  });

  it('that closes its output and hangs is not waited for longer', async () => {
    await script('echo before; echo $$ > "$3"; exec >&- 2>&-; sleep 60');
    expect(await ask({ timeout: '500ms', arguments: [join(folder, 'pid')] })).toMatchObject({
      ...overdue,
      detail: 'check did not end within 500ms: before',
    });
    await isGone('pid');
  });

  it('that leaves others behind, and ends well, leaves nobody', async () => {
    await script('for one in 1 2 3 4 5; do sleep 60 & done; echo $! > "$3"; exit 0');
    expect(await ask({ arguments: [join(folder, 'pid')] })).toMatchObject({ outcome: 'passed' });
    await isGone('pid');
  });

  it('that starts itself again and again is stopped as a whole', async () => {
    await script('echo $$ > "$3"; [ "$4" -gt 0 ] || sleep 60; "$0" "$1" "$2" "$3" $(($4 - 1))');
    expect(await ask({ timeout: '1s', arguments: [join(folder, 'pid'), '40'] })).toMatchObject(overdue);
    await isGone('pid');
  });

  it('that never stops talking is cut off at 4 KiB, and ends with its time', async () => {
    await script('yes 0123456789abcdef; exit 0');
    const { detail, ...result } = await ask({ timeout: '500ms' });
    expect(result).toMatchObject(overdue);
    expect(detail).toBe('check did not end within 500ms: 0123456789abcdef');
  });

  it('whose one line has no end, and no harmless letter, makes a harmless sentence', async () => {
    await script(`head -c 100000 /dev/zero | tr '\\0' '\\033'; exit 1`);
    const { detail } = await ask();
    expect(detail).toMatch(/^check exited with 1: \ufffd+$/);
    expect(detail.length).toBe(512);
  });
});
