import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { URL } from 'node:url';
import { afterEach, beforeEach, it } from 'node:test';
import { withServicesOff } from './services-off.mjs';

let folder;
let policyFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-policy-'));
  policyFile = join(folder, 'policy-rc.d');
});
afterEach(() => rmSync(folder, { recursive: true }));

const forbidden = 101;
const ask = () => spawnSync(policyFile, ['nginx', 'start']).status;

it('forbids services to start, and leaves nothing behind', async () => {
  await withServicesOff([], () => assert.equal(ask(), forbidden), policyFile);
  assert.equal(existsSync(policyFile), false);
});

it('leaves nothing behind when the install fails', async () => {
  await assert.rejects(
    withServicesOff([], () => Promise.reject(new Error('no network')), policyFile),
    /no network/,
  );
  assert.equal(existsSync(policyFile), false);
});

it('puts back what stood there before', async () => {
  symlinkSync('local-policy', policyFile);
  writeFileSync(join(folder, 'local-policy'), '#!/bin/sh\nexit 104\n', { mode: 0o755 });
  await withServicesOff([], () => assert.equal(ask(), forbidden), policyFile);
  assert.equal(ask(), 104);
});

it('asks what stood there before once a killed run is gone, and the next run puts it back', async () => {
  writeFileSync(policyFile, '#!/bin/sh\nexit 104\n', { mode: 0o755 });
  const killed = `import { withServicesOff } from '${new URL('services-off.mjs', import.meta.url)}';
    await withServicesOff([], () => process.kill(process.pid, 'SIGKILL'), '${policyFile}');`;
  spawnSync(process.execPath, ['--input-type=module', '--eval', killed]);
  assert.match(readFileSync(policyFile, 'utf8'), /Evenkeel/);
  assert.equal(ask(), 104);

  await withServicesOff([], () => assert.equal(ask(), forbidden), policyFile);
  assert.equal(readFileSync(policyFile, 'utf8'), '#!/bin/sh\nexit 104\n');
});
