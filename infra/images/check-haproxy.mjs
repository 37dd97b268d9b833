// Health check: `node check-haproxy.mjs` succeeds when this node's HAProxy has a worker that serves, whoever else is
// away, and also before there was ever anything to serve.
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const folder = join(process.env.EVENKEEL_PROXY_FOLDER ?? 'var/proxy', 'haproxy');

if (!existsSync(join(folder, 'haproxy.cfg'))) {
  console.log('nothing to serve yet');
} else {
  const master = connect(join(folder, 'master.sock'));
  master.setTimeout(3_000, () => master.destroy(new Error('HAProxy is silent')));
  master.end('show proc\n');
  // Old workers stand below a heading of their own. Source: management guide 2.6, section 9.4.
  const [present] = (await text(master)).split('# old workers');
  if (!/^\d+\s+worker\s/m.test(present)) throw new Error(`HAProxy has no worker:\n${present}`);
}
