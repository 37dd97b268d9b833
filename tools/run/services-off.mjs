import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { run } from './processes.mjs';

const mark = '# Evenkeel installs packages:';

/**
 * Runs `install` so that no package starts its system service, then keeps `services` from starting at the next boot.
 * Debian asks /usr/sbin/policy-rc.d before it starts a service (invoke-rc.d(8); 101 forbids). Ours forbids only while this
 * process lives, so even a killed run leaves the machine as it was; one that stood there before is put back.
 */
export const withServicesOff = async (services, install, policyFile = '/usr/sbin/policy-rc.d') => {
  const saved = `${policyFile}.evenkeel-saved`;
  const draft = `${policyFile}.evenkeel-draft`;
  await putBack(policyFile, saved); // what a killed run left
  await link(policyFile, saved).catch(ignoreMissing);
  await writeFile(draft, policy(process.pid, saved), { mode: 0o755 });
  await rename(draft, policyFile);
  try {
    await install();
  } finally {
    await putBack(policyFile, saved);
  }
  const disable = 'if command -v systemctl; then for name; do systemctl disable "$name"; done; fi';
  await run('sh', ['-c', disable, 'sh', ...services], { onOutput: () => {} });
};

const policy = (pid, saved) => `#!/bin/sh
${mark} process ${pid} forbids their services to start, and puts this file away when it is done.
[ -d /proc/${pid} ] && exit 101
[ -x ${saved} ] && exec ${saved} "$@"
exit 0
`;

const putBack = async (policyFile, saved) => {
  const found = await readFile(policyFile, 'utf8').catch(ignoreMissing);
  // A saved one beside a file that is not ours: killed before ours was in place.
  if (found?.includes(mark) !== true) return rm(saved, { force: true });
  await rename(saved, policyFile).catch(async (failure) => {
    ignoreMissing(failure);
    await rm(policyFile);
  });
};

const ignoreMissing = (failure) => {
  if (failure.code !== 'ENOENT') throw failure;
};
