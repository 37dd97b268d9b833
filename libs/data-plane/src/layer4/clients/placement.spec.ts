import type { Revision } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryNftables } from '../../../test/layer4/in-memory-nftables.ts';
import {
  but,
  drainForgetting,
  drainKeeping,
  infinittCheck,
  pictureOf,
  type ServerTale,
  type ServiceTale,
  threePacs,
} from '../../../test/layer4/picture-of.ts';
import { Layer4Engine } from '../engine.ts';
import { ClientWatch } from './client-watch.ts';
import { KnownClients } from './known-clients.ts';
import { type HeardTie, placementOf } from './placement.ts';
import { placingsOf } from './placing.ts';

const client = '192.168.85.10';
let clock: ManualClock;
let kernel: InMemoryNftables;
let known: KnownClients;
let engine: Layer4Engine;

beforeEach(async () => {
  clock = new ManualClock();
  kernel = new InMemoryNftables(() => clock.monotonicMs());
  known = new KnownClients(clock);
  engine = new Layer4Engine(kernel, known);
  await serve();
});

const serve = async (changes: Record<number, Partial<ServerTale>> = {}, fields: Partial<ServiceTale> = {}) => {
  await engine.converge(pictureOf(infinittCheck({ servers: but(threePacs, changes), ...(fields as object) })));
};
/** Rules of this node's kernel have learnt the client. */
const learn = async (server: number, expiresSeconds: number, address = client): Promise<void> => {
  kernel.remember(server, address, expiresSeconds);
  await new ClientWatch(known, kernel, clock).look();
};
const heard = (server: number, seconds: number, more: Partial<HeardTie> = {}): HeardTie => ({
  ...{ server, address: client, untilMs: clock.monotonicMs() + seconds * 1_000, revision: 7 },
  ...more,
});
/** Does what follows from it, and says for how many seconds the client is tied to which real servers then. */
const after = async (...ties: HeardTie[]): Promise<Record<number, number>> => {
  const nowMs = clock.monotonicMs();
  const { moves } = placementOf(ties, known, nowMs);
  for (const placing of placingsOf(moves, known.watched, nowMs, 'ip')) {
    await kernel.apply(placing.transaction);
    known.placed(placing.moves);
  }
  const remembered = [...(await kernel.clients([2, 3, 4]))];
  const tied = remembered.flatMap(([server, clients]) => clients.map((one) => [server, one] as const));
  const inMemory = known.ties().map(({ server, untilMs }) => [server, (untilMs - nowMs) / 1_000]);
  expect(inMemory.toSorted()).toEqual(tied.map(([server, { expiresSeconds }]) => [server, expiresSeconds]).toSorted());
  return Object.fromEntries(tied.map(([server, { expiresSeconds }]) => [server, expiresSeconds]));
};

describe('a client that another node has told of', () => {
  it('is tied here as it is there', async () => {
    expect(await after(heard(3, 120))).toEqual({ 3: 120 });
  });

  it('is not tied for longer than the service remembers here', async () => {
    expect(await after(heard(3, 86_400))).toEqual({ 3: 300 });
  });

  it('is remembered for longer when it was used there later, and never for less', async () => {
    await learn(3, 100);
    expect(await after(heard(3, 60))).toEqual({ 3: 100 });
    expect(await after(heard(3, 200))).toEqual({ 3: 200 });
  });

  it('is moved when it was used there later, and stays when it was used here later', async () => {
    await learn(3, 100);
    expect(await after(heard(4, 90))).toEqual({ 3: 100 });
    expect(await after(heard(4, 110))).toEqual({ 4: 110 });
  });

  it.each([
    [2, 3],
    [3, 2],
  ])('used at the same moment on both, here %p and there %p, goes to the lower number', async (here, there) => {
    await learn(here, 100);
    expect(Object.keys(await after(heard(there, 101)))).toEqual(['2']);
  });

  it('by two of them goes where it was used later', async () => {
    expect(await after(heard(3, 100), heard(4, 150), heard(2, 50))).toEqual({ 4: 150 });
  });

  it.each<[string, Partial<ServerTale>]>([
    ['forgets its clients', { intent: drainForgetting }],
    ['is down', { verdict: 'down' }],
    ['came online later than the other node knew, and may have forgotten before', { intentRevision: 8 as Revision }],
  ])('is not taken for a real server that %s', async (_, tale) => {
    await serve({ 3: tale });
    expect(await after(heard(3, 100))).toEqual({});
  });

  it('is taken for one that is drained and keeps its clients', async () => {
    await serve({ 3: { intent: drainKeeping, intentRevision: 8 as Revision } });
    expect(await after(heard(3, 100))).toEqual({ 3: 100 });
  });

  it('is not taken for a real server that this node does not know', async () => {
    expect(await after(heard(77, 100))).toEqual({});
  });

  it('is not taken in its last moments', async () => {
    expect(await after(heard(3, 1))).toEqual({});
  });

  it('finds no room in a full set, and takes nobody away for it; who is there is remembered for longer', async () => {
    await serve({}, { persistence: { kind: 'source-ip', timeout: '5m', tableSize: 2 } });
    await learn(3, 100);
    await learn(3, 100, '192.168.85.11');
    const ties = [heard(3, 200), heard(3, 200, { address: '192.168.85.12' })];
    expect(placementOf(ties, known, clock.monotonicMs())).toMatchObject({ left: 1, moves: [{ isNew: false }] });
  });

  it('may have run out here in the same moment: the kernel is told in a way that is right all the same', async () => {
    await learn(3, 10);
    const { moves } = placementOf([heard(4, 100)], known, clock.monotonicMs());
    await clock.advance(10_000);
    for (const { transaction } of placingsOf(moves, known.watched, clock.monotonicMs(), 'ip'))
      await kernel.apply(transaction);
    expect((await kernel.clients([4])).get(4)).toMatchObject([{ address: client, expiresSeconds: 90 }]);
  });
});
