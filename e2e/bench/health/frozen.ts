import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connectBus } from '@evenkeel/bus';
import type { RealServerId, VirtualServiceResource } from '@evenkeel/contracts';
import { type BackEnd, echoscu, freePort, startOrthanc, thisMachine, unmetNeeds, until } from '@evenkeel/testing/lab';
import { VerdictStory } from './verdict-story.ts';
import type { BenchRow } from '../bench-row.ts';
import { Box } from '../box.ts';
import { quantile } from '../times.ts';
import { HaproxyConsole } from './haproxy-console.ts';

const vip = '127.0.94.150';
const addresses = ['127.0.94.201', '127.0.94.202', '127.0.94.203'];
const check = { kind: 'dicom-echo', interval: '1s', timeout: '1s', fall: 2, calledAe: 'INFINITT' } as const;
/** The first question comes within an interval, the next ones an interval apart, and the last one is waited for. */
const outMsMax = 2 * 1_000 + 1_000 + 300;
const callsAfter = 10;

/** Real archives that hang one after the other, each while its kernel goes on accepting connections. */
export const frozen = async (): Promise<BenchRow[]> => {
  const unmet = unmetNeeds('Orthanc', 'curl', 'echoscu');
  if (unmet.length > 0) {
    console.log(`SKIPPED frozen: ${unmet.join('; ')}`);
    return [];
  }
  const port = await freePort('0.0.0.0');
  const archives = await startArchives(port);
  const box = await Box.start();
  try {
    const { NATS_URL = '', NATS_USER, NATS_PASSWORD } = await box.bus();
    const bus = await connectBus({ servers: [NATS_URL], user: NATS_USER, password: NATS_PASSWORD, name: 'bench' });
    const ids = await addService(box, port);
    const stage: Stage = {
      port,
      ids,
      story: new VerdictStory(bus),
      haproxy: await HaproxyConsole.open(join(box.data, 'proxy', 'haproxy')),
    };
    await areAllUp(stage);
    const freezes: Freeze[] = [];
    for (const [address, archive] of archives) freezes.push(await freeze(stage, address, archive));
    stage.haproxy.close();
    await bus.close();
    return rowsOf(freezes);
  } finally {
    await box.stop();
    for (const archive of archives.values()) await archive.stop();
  }
};

type Stage = {
  readonly port: number;
  readonly ids: ReadonlyMap<string, RealServerId>;
  readonly story: VerdictStory;
  readonly haproxy: HaproxyConsole;
};

type Freeze = {
  readonly outMs: number;
  readonly accepted: boolean;
  /** Calls of the others while it hung, and through the service once it was out. */
  readonly calls: number;
  readonly failedCalls: number;
  /** Verdicts about the others that changed. */
  readonly changes: number;
};

const freeze = async ({ port, ids, story, haproxy }: Stage, address: string, archive: BackEnd): Promise<Freeze> => {
  const others = addresses.filter((other) => other !== address);
  const changesSoFar = (): number => others.reduce((sum, other) => sum + story.of(idOf(ids, other)).length, 0);
  const before = changesSoFar();
  const frozenAtMs = Date.now();
  archive.pause();
  try {
    const out = haproxy.whenOut(address);
    const accepted = await accepts(address, port);
    const direct = await Promise.all(others.map((other) => calls(other, port, 2)));
    const outMs = (await out) - frozenAtMs;
    const through = await calls(vip, port, callsAfter);
    const failedCalls = [...direct, through].reduce((sum, failed) => sum + failed, 0);
    return { outMs, accepted, calls: callsAfter + 2 * others.length, failedCalls, changes: changesSoFar() - before };
  } finally {
    archive.resume();
    await areAllUp({ ids, story });
  }
};

/** How many of so many C-ECHOs were not answered with success. */
const calls = async (address: string, port: number, count: number): Promise<number> => {
  let failed = 0;
  for (let call = 0; call < count; call += 1) {
    const { ok } = await echoscu(thisMachine, { address, port });
    if (!ok) failed += 1;
  }
  return failed;
};

const accepts = async (address: string, port: number): Promise<boolean> => {
  const socket = connect({ host: address, port, timeout: 1_000 });
  const answers = ['connect', 'timeout', 'error'].map((answer) => once(socket, answer).then(() => answer));
  const first = await Promise.race(answers.map((answer) => answer.catch(() => 'error')));
  socket.destroy();
  return first === 'connect';
};

const startArchives = async (port: number): Promise<ReadonlyMap<string, BackEnd>> => {
  const archives = new Map<string, BackEnd>();
  for (const address of addresses) {
    const httpPort = await freePort('0.0.0.0');
    const options = { address, httpPort, dicomPorts: [port] as const, aeTitle: 'INFINITT', name: address };
    archives.set(address, await startOrthanc(options));
  }
  return archives;
};

const addService = async ({ api }: Box, port: number): Promise<ReadonlyMap<string, RealServerId>> => {
  await api.call('POST', '/virtual-services?wait=converged&timeout=30s', {
    label: 'DICOM',
    address: vip,
    ports: [port],
    layer: 7,
    mode: 'tcp',
    healthCheck: check,
    realServers: addresses.map((address, index) => ({ label: `PACS-${index + 1}`, address })),
  });
  const { items } = await api.get<{ items: VirtualServiceResource[] }>('/virtual-services');
  return new Map(items.flatMap(({ realServers }) => realServers.map(({ address, id }) => [address, id] as const)));
};

const idOf = (ids: ReadonlyMap<string, RealServerId>, address: string): RealServerId => {
  const id = ids.get(address);
  if (id === undefined) throw new Error(`${address} is not in the service`);
  return id;
};

const areAllUp = ({ ids, story }: Pick<Stage, 'ids' | 'story'>): Promise<void> => {
  const areUp = (): boolean => addresses.every((address) => story.stateOf(idOf(ids, address)) === 'up');
  return until('all archives are up', () => Promise.resolve(areUp()), { withinMs: 60_000 });
};

const rowsOf = (freezes: readonly Freeze[]): BenchRow[] => {
  const slowest = quantile(
    freezes.map(({ outMs }) => outMs),
    1,
  );
  const sum = (of: (one: Freeze) => number): number => freezes.reduce((before, one) => before + of(one), 0);
  const [failed, changes] = [sum(({ failedCalls }) => failedCalls), sum((one) => one.changes)];
  const allAccepted = freezes.every(({ accepted }) => accepted);
  const zero = (value: number) => ({ value, target: '0', met: value === 0 });
  return [
    {
      name: `a frozen archive that still accepts connections is out (C-ECHO every 1 s, timeout 1 s, fall 2), the slowest of ${freezes.length}`,
      value: slowest,
      unit: 'ms',
      target: `at most ${outMsMax.toLocaleString('en-GB')} ms`,
      met: slowest <= outMsMax && allAccepted,
    },
    {
      name: 'C-ECHOs of others meanwhile, and through the service once it was out, that failed',
      unit: `of ${sum(({ calls: made }) => made)}`,
      ...zero(failed),
    },
    { name: 'verdicts about others that changed meanwhile', unit: '', ...zero(changes) },
  ];
};
