import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, systemPath } from './processes.mjs';

/** Runs `npm ci` when node_modules does not belong to package-lock.json. Answers 0, or npm's exit status. */
export const ensureDependencies = async (root) => {
  const stampFile = join(root, 'node_modules', '.evenkeel-lock-sha256');
  const lockHash = createHash('sha256')
    .update(await readFile(join(root, 'package-lock.json')))
    .digest('hex');
  const why = whyInstall({
    lockHash,
    stampHash: (await readFile(stampFile, 'utf8').catch(() => '')).trim(),
    lockTimeMs: await timeMs(join(root, 'package-lock.json')),
    installTimeMs: await timeMs(join(root, 'node_modules', '.package-lock.json')),
  });
  if (why !== undefined) {
    console.log(`Installing the locked npm packages into node_modules (npm ci), because ${why}.`);
    const status = await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, env: { PATH: systemPath() } });
    if (status !== 0) return status;
  }
  await writeFile(stampFile, `${lockHash}\n`);
  return 0;
};

/**
 * Why node_modules must be installed; undefined when it fits the lock file. The stamp is ours; an install by hand leaves
 * none, but npm writes node_modules/.package-lock.json as its last act.
 */
export const whyInstall = ({ lockHash, stampHash, lockTimeMs, installTimeMs }) => {
  if (installTimeMs === undefined) return 'it is missing or incomplete';
  if (stampHash === lockHash || installTimeMs >= lockTimeMs) return undefined;
  return 'package-lock.json has changed since';
};

const timeMs = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs;
