import { connectBus, NodeBucket } from '@evenkeel/bus';
import { ClusterName, nodeBucket, type NodeMember, NodeName } from '@evenkeel/contracts';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { Loop } from '@evenkeel/kernel';
import { SystemClock } from '@evenkeel/kernel/system';
import { makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { BusLink } from './bus-link.ts';
import { Membership, type NodeRegister } from './membership.ts';
import { ProxySettings } from './settings.ts';

const clock = new SystemClock();
const withinMs = 30_000;
let folder: TempFolder;
let nats: EmbeddedNats;
let operator: NatsConnection;
const connection = () => ({ servers: [nats.url], user: nats.user, password: nats.password });
beforeAll(async () => {
  folder = await makeTempFolder('membership-spec');
  nats = await startNats({ folder: folder.path });
  operator = await connectBus({ ...connection(), name: 'operator' });
});
afterAll(async () => {
  await operator.close();
  await nats.stop();
  await folder.remove();
});

let runs = 0;
let cluster: ClusterName;
let stops: (() => void)[];
beforeEach(() => {
  runs += 1;
  cluster = ClusterName.parse(`cluster-${runs}`);
  stops = [];
});
afterEach(() => stops.forEach((stop) => stop()));

type Started = { readonly membership: Membership; readonly changes: () => number; readonly stop: () => void };
const start = (name: string, more: { register?: NodeRegister; lastKnown?: readonly NodeMember[] } = {}): Started => {
  const settings = ProxySettings.parse({
    cluster,
    node: name,
    nats: connection(),
    peer: { address: '10.0.0.1' },
  });
  const bus = new BusLink(settings);
  const { register = bus.nodes, lastKnown = [] } = more;
  let changes = 0;
  const membership = new Membership({
    ...{ node: settings.node, maxSockets: 1_000, peer: settings.peer, lastKnown, register, clock },
    onChange: () => (changes += 1),
  });
  const patience = { retryMinMs: 50, retryMaxMs: 200, onFailure: () => undefined };
  const loops = [
    new Loop(() => membership.follow(), { ...patience, sweepMs: 0 }, clock),
    new Loop(() => membership.look(), { ...patience, sweepMs: 50 }, clock),
  ];
  loops.forEach((loop) => void loop.run());
  const stop = (): void => {
    loops.forEach((loop) => loop.stop());
    bus.close();
  };
  stops.push(stop);
  return { membership, changes: () => changes, stop };
};

/** Who waits for the bus waits for ever. */
const never = new Promise<never>(() => undefined);
const silence: NodeRegister = {
  put: () => never,
  forget: () => never,
  watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => never }) }),
};

const peersAre = (nodes: readonly Started[], ...names: string[]): Promise<void> =>
  until(
    `the peers are ${names.join(', ')}`,
    () =>
      Promise.resolve(
        nodes.every(
          ({ membership }) =>
            membership
              .now()
              ?.peers.map(({ name }) => name)
              .join() === names.join(),
        ),
      ),
    { withinMs },
  );

it('nodes find each other; whoever comes later knows all from its first round on', async () => {
  const a = start('lb-a');
  await peersAre([a], 'lb-a');
  const b = start('lb-b');
  await peersAre([a, b], 'lb-a', 'lb-b');
  expect(a.membership.now()?.peers).toEqual(b.membership.now()?.peers);
  // The first knowledge of a node, and then one change each for whoever was there.
  expect([a.changes(), b.changes()]).toEqual([2, 1]);
}, 60_000);

it('a node that stops stays a member until somebody forgets it', async () => {
  const [a, b] = [start('lb-a'), start('lb-b')];
  await peersAre([a, b], 'lb-a', 'lb-b');
  b.stop();
  const c = start('lb-c');
  await peersAre([a, c], 'lb-a', 'lb-b', 'lb-c');
  await new NodeBucket(operator, cluster).forget(NodeName.parse('lb-b'));
  await peersAre([a, c], 'lb-a', 'lb-c');
  await peersAre([a, c, start('lb-b')], 'lb-a', 'lb-b', 'lb-c'); // and one that comes back joins again
}, 60_000);

it('a node that was forgotten by mistake says that it is there', async () => {
  const [a, b] = [start('lb-a'), start('lb-b')];
  await peersAre([a, b], 'lb-a', 'lb-b');
  await new NodeBucket(operator, cluster).forget(NodeName.parse('lb-b'));
  const read = (): Promise<boolean> => Promise.resolve(a.membership.members().has(NodeName.parse('lb-b')));
  await until('it is a member again', read, { withinMs });
  await peersAre([a, b], 'lb-a', 'lb-b');
}, 60_000);

it('a bus that has lost its list removes nobody', async () => {
  const [a, b] = [start('lb-a'), start('lb-b')];
  await peersAre([a, b], 'lb-a', 'lb-b');
  b.stop();
  const lastKnown = [...a.membership.members().values()];
  a.stop();
  await (await jetstreamManager(operator)).streams.delete(`KV_${nodeBucket(cluster)}`);
  const again = start('lb-a', { lastKnown });
  const c = start('lb-c');
  await peersAre([again], 'lb-a', 'lb-b', 'lb-c');
  await peersAre([c], 'lb-a', 'lb-c'); // nobody is left who could tell it of lb-b but lb-b itself
  start('lb-b', { lastKnown });
  await peersAre([again, c], 'lb-a', 'lb-b', 'lb-c');
}, 90_000);

it('starts at once from the last known members while the bus is away', () => {
  const known = (name: string): NodeMember => ({
    ...{ node: NodeName.parse(name), address: '10.0.0.1', port: 7_778 },
    aliveAt: '2026-11-22T03:00:00.000Z',
  });
  const { membership } = start('lb-a', {
    register: silence,
    lastKnown: [known('lb-a'), known('lb-b')],
  });
  expect(membership.now()?.peers.map(({ name }) => name)).toEqual(['lb-a', 'lb-b']);
});

it('a new node with nobody to ask begins alone after a while', async () => {
  const { membership } = start('lb-a', { register: silence });
  expect(membership.now()).toBeUndefined();
  await until('it begins', () => Promise.resolve(membership.now() !== undefined), { withinMs });
  expect(membership.now()?.peers.map(({ name }) => name)).toEqual(['lb-a']);
}, 60_000);
