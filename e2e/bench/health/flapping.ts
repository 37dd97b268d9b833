import { setTimeout as rest } from 'node:timers/promises';
import { freePort, until } from '@evenkeel/testing/lab';
import { BusWithBook } from './bus-with-book.ts';
import { checkedServers, commitsWith } from '../../support/checked-servers.ts';
import { FlappingServers } from './flapping-servers.ts';
import { VerdictStory } from './verdict-story.ts';
import type { BenchRow } from '../bench-row.ts';
import { median, quantile } from '../times.ts';
import { memoryOf } from '../usage.ts';

const targets = 1_000;
/** In the first half memory grows to what the collector of garbage lets stand; the second one is measured. */
const seconds = 120;
const seed = 4_711;
/** One that goes down often needs four passes in a row, two seconds at this pace: a shorter phase would rightly be missed. */
const healthCheck = { kind: 'connect', interval: '500ms', timeout: '400ms', rise: 1, fall: 1 } as const;
const phases = { leastMs: 4_000, mostMs: 10_000 };
const growthMax = 1.1;

/** A thousand servers that come and go: every change must be told, and nothing may pile up. */
export const flapping = async (): Promise<BenchRow[]> => {
  const bus = await BusWithBook.open();
  const [servers, port] = [checkedServers(targets), await freePort('0.0.0.0')];
  const flock = new FlappingServers(servers, port, seed);
  const checker = bus.startChecker('health-1');
  try {
    await flock.listen();
    for (const events of commitsWith(servers, port, healthCheck)) await bus.write(events);
    const story = new VerdictStory(bus.connection);
    const areTold = (): Promise<boolean> => Promise.resolve(flock.areTold(story));
    await until('all are up', areTold, { withinMs: 60_000, process: checker });
    const [memory] = await Promise.all([memoryFor(checker.pid), flock.flap(seconds * 1_000, phases)]);
    await until('all is told', areTold, { withinMs: 30_000, process: checker }).catch(() => undefined); // it shows below
    return rowsOf(flock.seenIn(story), memory);
  } finally {
    flock.close();
    await checker.stop();
    await bus.close();
  }
};

const memoryFor = async (pid: number): Promise<readonly number[]> => {
  const samples: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    samples.push(await memoryOf(pid));
    await rest(1_000);
  }
  return samples;
};

const rowsOf = (
  { flips, missed, invented, delaysMs }: ReturnType<FlappingServers['seenIn']>,
  memory: readonly number[],
): BenchRow[] => {
  const what = `${targets.toLocaleString('en-GB')} targets flapping for ${seconds} s`;
  const quarter = Math.floor(memory.length / 4);
  const [third, last] = [median(memory.slice(2 * quarter, 3 * quarter)), median(memory.slice(-quarter))];
  return [
    {
      name: `${what}: changes that nobody was told of`,
      value: missed,
      unit: `of ${flips}`,
      target: '0',
      met: missed === 0,
    },
    { name: `${what}: changes that were none`, value: invented, unit: `of ${flips}`, target: '0', met: invented === 0 },
    { name: 'from a change to its verdict, p50', value: median(delaysMs), unit: 'ms' },
    { name: 'from a change to its verdict, p99', value: quantile(delaysMs, 0.99), unit: 'ms' },
    {
      name: `${what}: memory of health (PSS), last quarter`,
      value: last,
      unit: 'MiB',
      peer: { name: 'the quarter before', value: third },
      ratio: last / third,
      target: `at most ${growthMax} × the quarter before`,
      met: last <= growthMax * third,
    },
  ];
};
