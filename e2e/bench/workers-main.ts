// More nodes of a cluster in one process: `workers-main.ts <first> <past the last> <folder>`. Says `ready` when all serve.
import { join } from 'node:path';
import { proxySettingsFrom, start } from '@evenkeel/proxy';

const [first = '1', end = '2', folder = ''] = process.argv.slice(2);

const stops: (() => Promise<void>)[] = [];
for (let number = Number(first); number < Number(end); number += 1) {
  const node = `more-${number}`;
  const own = { EVENKEEL_NODE: node, EVENKEEL_PROXY_FOLDER: join(folder, node) };
  stops.push(await start(proxySettingsFrom({ ...process.env, ...own })));
}
console.log('ready');

process.once('SIGTERM', () => {
  void Promise.all(stops.map((stop) => stop())).finally(() => process.exit(0));
});
