import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { type LabProcess, makeTempFolder, thisMachine, until } from '@evenkeel/testing/lab';
import { BusWithBook } from './bus-with-book.ts';
import { type CheckedServer, checkedServers, commitsWith } from '../../support/checked-servers.ts';
import { VerdictStory } from './verdict-story.ts';
import type { BenchRow } from '../bench-row.ts';
import { processorMs } from '../usage.ts';
import { type Counted, Listener } from './listener.ts';

const targets = 10_000;
const intervalMs = 2_000;
/** After the start: first verdicts, first evidence, and code that is compiled only once it is hot. */
const warmUpMs = 15_000;
const seconds = 30;
/** Of the time that a question is due. */
const lateMsMax = 100;
/** One processor, and a second of it each second. */
const usedMsMax = 1_000;
const questionsLeast = 0.99;

/** Ten thousand targets that accept connections, asked by one `health`, and by HAProxy's own checks. */
export const pace = async (): Promise<BenchRow[]> => {
  const servers = checkedServers(targets);
  const ours = await oursOf(servers);
  const theirs = await theirsOf(servers);
  const [perSecond, least] = [(targets * 1_000) / intervalMs, ((targets * 1_000) / intervalMs) * questionsLeast];
  // HAProxy resets a plain connection before the listener gets it, where it can: then nobody outside can count its questions.
  const haproxy = (value: number, ofOurs?: number) =>
    theirs.questions === 0
      ? {}
      : { peer: { name: "HAProxy's checks", value }, ...(ofOurs === undefined ? {} : { ratio: ofOurs / value }) };
  const what = `${targets.toLocaleString('en-GB')} connect checks every ${intervalMs / 1_000} s`;
  return [
    {
      name: `${what}: processor time of health`,
      value: ours.usedMs,
      unit: 'ms per s',
      peer: { name: "HAProxy's checks", value: theirs.usedMs },
      ratio: ours.usedMs / theirs.usedMs,
      target: `at most ${usedMsMax.toLocaleString('en-GB')} ms per s`,
      met: ours.usedMs <= usedMsMax,
    },
    {
      name: `${what}: how late a question comes, p99`,
      value: ours.lateP99,
      unit: 'ms',
      ...haproxy(theirs.lateP99, ours.lateP99),
      target: `at most ${lateMsMax} ms`,
      met: ours.lateP99 <= lateMsMax,
    },
    {
      name: `${what}: questions that came (${perSecond.toLocaleString('en-GB')} are due)`,
      value: ours.perSecond,
      unit: 'per s',
      ...haproxy(theirs.perSecond, ours.perSecond),
      target: `at least ${least.toLocaleString('en-GB')} per s`,
      met: ours.perSecond >= least,
    },
    { name: 'of these, late: p50', value: ours.lateP50, unit: 'ms', ...haproxy(theirs.lateP50) },
    { name: 'of these, late: at most', value: ours.lateMax, unit: 'ms', ...haproxy(theirs.lateMax) },
    {
      name: 'beside it: processor time of the listener',
      value: ours.listenerMs,
      unit: 'ms per s',
      ...haproxy(theirs.listenerMs),
    },
  ];
};

const oursOf = async (servers: readonly CheckedServer[]): Promise<Measured> => {
  const bus = await BusWithBook.open();
  const listener = await Listener.start(intervalMs);
  const checker = bus.startChecker('health-1');
  try {
    const healthCheck = { kind: 'connect', interval: `${intervalMs}ms`, timeout: '1s' } as const;
    for (const events of commitsWith(servers, listener.port, healthCheck)) await bus.write(events);
    const story = new VerdictStory(bus.connection);
    const areUp = (): Promise<boolean> => Promise.resolve(servers.every(({ id }) => story.stateOf(id) === 'up'));
    await until('all are up', areUp, { withinMs: 120_000, process: checker });
    return await measure(checker, listener);
  } finally {
    await checker.stop();
    await listener.stop();
    await bus.close();
  }
};

/** Checks and nothing else, on one thread, as a HAProxy spreads them by itself. */
const theirsOf = async (servers: readonly CheckedServer[]): Promise<Measured> => {
  const folder = await makeTempFolder('bench-checks');
  const listener = await Listener.start(intervalMs);
  const file = join(folder.path, 'haproxy.cfg');
  const lines = servers.map(({ address }, index) => `  server s${index} ${address}:${listener.port}`);
  await writeFile(file, [...haproxyHead, `  bind unix@${join(folder.path, 'nobody.sock')}`, ...lines, ''].join('\n'));
  const haproxy = thisMachine.spawn('haproxy', ['-db', '-f', file]);
  try {
    return await measure(haproxy, listener);
  } finally {
    await haproxy.stop();
    await listener.stop();
    await folder.remove();
  }
};

const haproxyHead = [
  'global',
  '  nbthread 1',
  'defaults',
  '  mode tcp',
  '  timeout connect 1s',
  '  timeout server 1s',
  'listen checked', // without a listener it would not start
  `  default-server check inter ${intervalMs}ms`,
];

type Measured = Counted & { readonly usedMs: number; readonly listenerMs: number; readonly perSecond: number };

const measure = async (process: LabProcess, listener: Listener): Promise<Measured> => {
  const { pid } = process;
  await rest(warmUpMs);
  if (process.hasExited) throw new Error(`it has ended: ${process.lastWords}`);
  listener.countAnew();
  const before = await Promise.all([processorMs(pid), processorMs(listener.pid)]);
  await rest(seconds * 1_000);
  const after = await Promise.all([processorMs(pid), processorMs(listener.pid)]);
  const counted = await listener.count();
  return {
    ...counted,
    usedMs: (after[0] - before[0]) / seconds,
    listenerMs: (after[1] - before[1]) / seconds,
    perSecond: counted.questions / seconds,
  };
};
