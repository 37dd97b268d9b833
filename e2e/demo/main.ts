import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Pacs, startPacs, thisMachine } from '@evenkeel/testing/lab';
import { Api } from '../support/api.ts';
import { type DemoNetwork, demoNetwork } from './network.ts';

// `npm start -- --demo`: one box, three PACS stand-ins made of real servers, and the INFINITT PACS blueprint between them.

const root = join(import.meta.dirname, '../..');
const data = resolve(process.env.EVENKEEL_DATA ?? './var', 'demo');
const httpsPort = process.env.EVENKEEL_HTTPS_PORT ?? '9443';
const network = demoNetwork(process.getuid?.() === 0);

const appliance = spawn(
  process.execPath,
  ['--enable-source-maps', '--import', join(root, 'tools/ts-hooks.mjs'), join(root, 'services/appliance/src/main.ts')],
  { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, EVENKEEL_DATA: data } },
);
const ended = once(appliance, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => appliance.kill(signal));

/** Passes on what the appliance says; resolves when it says that it is ready. */
const ready = new Promise<void>((isReady) => {
  createInterface({ input: appliance.stdout }).on('line', (line) => {
    console.log(line);
    if (line.startsWith('Evenkeel is ready')) isReady();
  });
});

const startBackEnds = (): Promise<Pacs[]> =>
  Promise.all(
    network.nodes.map(({ label, address }) => startPacs({ address, name: label, ports: network.backEndPorts })),
  );

/** Safe to repeat: a second start finds its services in the book. */
const applyBlueprint = async ({ vip, nodes, ports }: DemoNetwork): Promise<void> => {
  const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim();
  const api = new Api(thisMachine, `https://127.0.0.1:${httpsPort}`, token);
  const { body } = await api.get<{ items: unknown[] }>('/virtual-services');
  if (body.items.length > 0) return;
  const parameters = { vipAddress: vip, nodes, ports };
  const path = '/blueprints/infinitt-pacs/instantiate?wait=converged&timeout=10s';
  const answer = await api.post(path, { parameters, reason: 'demonstration' });
  if (answer.status !== 201) throw new Error(`the blueprint was refused: ${JSON.stringify(answer.body)}`);
};

const pacs = startBackEnds();
try {
  await Promise.race([ready, ended.then(() => Promise.reject(new Error('Evenkeel ended before it was ready')))]);
  const running = await pacs;
  await applyBlueprint(network);
  const missing = running.flatMap((one) => one.missing.map((reason) => `  ${one.name}: ${reason}`));
  console.log(guide(network, missing));
  const [code] = await ended;
  process.exitCode = code ?? 0;
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  appliance.kill('SIGTERM');
  process.exitCode = 1;
} finally {
  const running = await pacs.catch(() => []);
  await Promise.all(running.map((one) => one.stop()));
}

function guide({ vip, ports, isPrivileged }: DemoNetwork, missing: readonly string[]): string {
  const web = ports.web === 80 ? '' : `:${ports.web}`;
  const layer4 = isPrivileged
    ? `  nmblookup -A ${vip}`
    : '  layer 4 (NetBIOS, UDP 137) needs root: this node reports it as refused';
  return [
    '',
    'The demonstration is up: five virtual services, three PACS stand-ins.',
    `  curl -i http://${vip}${web}/`,
    `  echoscu -aec INFINITT ${vip} ${ports.dicom}`,
    layer4,
    `  TOKEN=$(cat ${join(data, 'admin-token')})`,
    `  curl -sk -H "Authorization: Bearer $TOKEN" https://127.0.0.1:${httpsPort}/api/v1/overview`,
    `  https://127.0.0.1:${httpsPort}/api/docs`,
    ...(missing.length === 0 ? [] : ['Not there:', ...missing]),
    'Ctrl-C ends it.',
  ].join('\n');
}
