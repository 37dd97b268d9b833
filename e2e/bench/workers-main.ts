// More nodes of a cluster in one process: `workers-main.ts <how many> <folder>`. Says `ready` when all of them serve.
import { join } from 'node:path';
import { proxySettingsFrom, start } from '@evenkeel/proxy';

const [count = '1', folder = ''] = process.argv.slice(2);

const stops: (() => Promise<void>)[] = [];
for (let number = 1; number <= Number(count); number += 1) {
  const node = `more-${number}`;
  const own = { EVENKEEL_NODE: node, EVENKEEL_PROXY_FOLDER: join(folder, node) };
  stops.push(await start(proxySettingsFrom({ ...process.env, ...own })));
}
console.log('ready');

process.once('SIGTERM', () => {
  void Promise.all(stops.map((stop) => stop())).finally(() => process.exit(0));
});
