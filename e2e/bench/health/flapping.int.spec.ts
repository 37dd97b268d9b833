import { freePort, type LabProcess, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { BusWithBook } from './bus-with-book.ts';
import { checkedServers, commitsWith } from '../../support/checked-servers.ts';
import { FlappingServers } from './flapping-servers.ts';
import { VerdictStory } from './verdict-story.ts';

// Real servers that come and go, a real checker, a real bus. `npm run bench health` does it with a thousand of them.

const servers = checkedServers(20);
/** One that goes down often needs four passes in a row: a second. */
const healthCheck = { kind: 'connect', interval: '250ms', timeout: '200ms', rise: 1, fall: 1 } as const;
const phases = { leastMs: 4_000, mostMs: 6_000 };

let bus: BusWithBook;
let flock: FlappingServers;
let checker: LabProcess;

beforeAll(async () => {
  bus = await BusWithBook.open();
  const port = await freePort('0.0.0.0');
  flock = new FlappingServers(servers, port, 7);
  await flock.listen();
  for (const events of commitsWith(servers, port, healthCheck)) await bus.write(events);
  checker = bus.startChecker('health-1');
}, 60_000);
afterAll(async () => {
  flock.close();
  await checker.stop();
  await bus.close();
}, 60_000);

it('every change of servers that come and go at random is told, and no other', async () => {
  const story = new VerdictStory(bus.connection);
  const areTold = (): Promise<boolean> => Promise.resolve(flock.areTold(story));
  await until('all are up', areTold, { withinMs: 60_000, process: checker });
  await flock.flap(20_000, phases);
  await until('the last changes are told', areTold, { withinMs: 30_000, process: checker });
  const { flips, missed, invented } = flock.seenIn(story);
  expect(flips).toBeGreaterThan(servers.length);
  expect({ missed, invented }).toEqual({ missed: 0, invented: 0 });
}, 150_000);
