import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aFolder } from '../test/lab.ts';
import { initialisePostgres, isInitialised } from './initialise-postgres.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { reachableBinaries } from './reachable-binaries.ts';
import { postgresUser, type ServerUser } from './server-user.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const rootDescribe = isRoot ? describe : describe.skip;
if (!isRoot) console.log('SKIPPED Postgres from a closed checkout: needs root');

let top: string;
let remove: () => Promise<void>;
let user: ServerUser;
/** The package as it lies below /root: nobody else may pass, and an umask of 077 has closed the package itself too. */
let closed: PostgresBinaries;

const said: string[] = [];
const shelter = (): string => join(top, 'lib', 'evenkeel');
const binaries = (): Promise<PostgresBinaries> => reachableBinaries(closed, user, (line) => said.push(line), shelter());

const copyName = async (): Promise<string> => {
  const file = await readFile(join(dirname(closed.postgres), '../../package.json'), 'utf8');
  return `postgres-${(JSON.parse(file) as { version: string }).version}`;
};

beforeAll(async () => {
  if (!isRoot) return;
  ({ folder: top, remove } = await aFolder());
  user = (await postgresUser())!;
  const { postgres } = await postgresBinaries();
  const packageFolder = dirname(dirname(dirname(postgres)));
  const home = join(top, 'home');
  await mkdir(home, { mode: 0o700 });
  await cp(packageFolder, join(home, 'package'), { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['--recursive', 'go=', home]);
  const bin = join(home, 'package', 'native', 'bin');
  closed = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
});
afterAll(async () => {
  if (isRoot) await remove();
});

rootDescribe('Postgres from a checkout that is closed to its user', () => {
  it('cannot be run where it lies', async () => {
    await expect(run(closed.postgres, ['--version'], { ...user, cwd: '/' })).rejects.toThrow('EACCES');
  });

  it('makes a database from a copy, and says that it copied', async () => {
    const reachable = await binaries();
    expect(reachable.postgres).toBe(join(shelter(), await copyName(), 'bin', 'postgres'));
    expect(said.splice(0)).toEqual([expect.stringContaining(`cannot pass ${dirname(closed.postgres)}`)]);

    const home = join(top, 'postgres');
    await mkdir(home, { mode: 0o711 });
    await initialisePostgres(home, 'secret', reachable, user);
    expect(await isInitialised(join(home, 'data'))).toBe(true);
  });

  it('uses the copy that is there', async () => {
    const first = await binaries();
    said.splice(0);
    expect(await binaries()).toEqual(first);
    expect(said).toEqual([]);
  });

  it('leaves one whole copy when two starts make it at once', async () => {
    const other = join(top, 'other');
    const both = await Promise.all([1, 2].map(() => reachableBinaries(closed, user, () => {}, other)));
    expect(both[0]).toEqual(both[1]);
    expect(await readdir(other)).toHaveLength(1);
    const { stdout } = await run(both[0]!.postgres, ['--version'], { ...user, cwd: '/' });
    expect(stdout).toContain('(PostgreSQL) 18');
  });

  it('never takes the draft of a killed run for a copy, and removes it when it is old', async () => {
    const torn = join(top, 'torn');
    const old = join(torn, `${await copyName()}.new-old`);
    const fresh = join(torn, `${await copyName()}.new-fresh`);
    for (const draft of [old, fresh]) await mkdir(join(draft, 'bin'), { recursive: true });
    await utimes(old, 0, 0);
    const { postgres } = await reachableBinaries(closed, user, () => {}, torn);
    await run(postgres, ['--version'], { ...user, cwd: '/' });
    expect((await readdir(torn)).sort()).toEqual([await copyName(), basename(fresh)]);
  });

  it('names the closed folder and the cure when it cannot copy either', async () => {
    const file = join(top, 'a-file');
    await writeFile(file, '');
    await expect(reachableBinaries(closed, user, () => {}, join(file, 'evenkeel'))).rejects.toThrow(
      `chmod o+x ${dirname(closed.postgres)}`,
    );
  });

  it('runs in place when its folder is open', async () => {
    const open = join(top, 'open', 'native');
    await cp(dirname(dirname(closed.postgres)), open, { recursive: true, verbatimSymlinks: true });
    await chmod(join(top, 'open'), 0o755);
    await run('chmod', ['--recursive', 'go=rX', open]);
    const packaged = { initdb: join(open, 'bin', 'initdb'), postgres: join(open, 'bin', 'postgres') };
    expect(await reachableBinaries(packaged, user, () => {}, join(top, 'unused'))).toEqual(packaged);
  });
});
