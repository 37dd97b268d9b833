import type { NatsConnection } from '@nats-io/transport-node';
import { type RealServerId, type Verdict, verdictBucket, type VerdictState } from '@evenkeel/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestNats, type TestNats } from '../test/nats-server.ts';
import { connectBus } from './connection.ts';
import { BucketRemade, VerdictBucket } from './verdict-bucket.ts';
import { VerdictMirror } from './verdict-mirror.ts';

const pacs = (number: number): RealServerId => `0199a000-0000-7000-8000-00000000000${number}` as RealServerId;

const verdict = (realServerId: RealServerId, state: VerdictState, detail = 'as seen'): Verdict => ({
  realServerId,
  state,
  reason: state === 'up' ? 'check-passed' : 'connect-refused',
  detail,
  since: '2026-11-22T03:00:00.000Z',
  checker: 'spec',
  evidence: [],
});

let nats: TestNats;
let connection: NatsConnection;
let bucket: VerdictBucket;
beforeAll(async () => {
  nats = await startTestNats();
  connection = await connectBus({ servers: [nats.url], name: 'spec' });
  bucket = new VerdictBucket(connection);
});
afterAll(async () => {
  await connection.close();
  await nats.dispose();
});

/** A mirror that follows, and how to wait for its next changes. */
const following = (): {
  mirror: VerdictMirror;
  until: (isTrue: () => boolean) => Promise<void>;
  changes: () => number;
} => {
  const mirror = new VerdictMirror(bucket);
  let changes = 0;
  void mirror.follow(() => (changes += 1)).catch(() => undefined); // ends with the connection
  return { mirror, until: untilTrue, changes: () => changes };
};

const untilTrue = async (isTrue: () => boolean): Promise<void> => {
  for (let look = 0; look < 200 && !isTrue(); look += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isTrue()).toBe(true);
};

it('has caught up at once with an empty bucket', async () => {
  const { mirror, until } = following();
  await until(() => mirror.hasCaughtUp());
  expect(mirror.current().size).toBe(0);
});

it('knows everything that was there before it came, and follows what comes after', async () => {
  await bucket.put(verdict(pacs(1), 'up'));
  await bucket.put(verdict(pacs(2), 'down'));
  const { mirror, until } = following();
  await until(() => mirror.hasCaughtUp());
  expect([...mirror.states()].toSorted()).toEqual([
    [pacs(1), 'up'],
    [pacs(2), 'down'],
  ]);
  await bucket.put(verdict(pacs(1), 'down'));
  await bucket.delete(pacs(2));
  await until(() => mirror.states().get(pacs(1)) === 'down' && !mirror.states().has(pacs(2)));
});

it('changes its states when a state changes, and not when only evidence does', async () => {
  await bucket.put(verdict(pacs(3), 'up', 'first'));
  const { mirror, until, changes } = following();
  await until(() => mirror.hasCaughtUp());
  const [states, before] = [mirror.states(), changes()];
  await bucket.put(verdict(pacs(3), 'up', 'second'));
  await until(() => mirror.current().get(pacs(3))?.detail === 'second');
  expect(mirror.states()).toBe(states);
  expect(changes()).toBe(before);
});

it('reads the verdict of a newer checker as far as it knows it', async () => {
  const said = verdict(pacs(5), 'down');
  await bucket.put({ ...said, mood: 'bad' } as typeof said);
  const { mirror, until } = following();
  await until(() => mirror.hasCaughtUp());
  expect(mirror.current().get(pacs(5))).toEqual(said);
});

it('does not take a sign of life for a verdict', async () => {
  await bucket.beat('checker-1', 4_711);
  const { mirror, until } = following();
  await until(() => mirror.hasCaughtUp());
  expect([...mirror.current().keys()].every((id) => id.startsWith('0199a000'))).toBe(true);
});

it('tells a sign of life when it comes, after the verdicts that were put before it, and not one that was there', async () => {
  await bucket.beat('checker-2', 1);
  const mirror = new VerdictMirror(bucket);
  const heard: string[] = [];
  const onBeat = (checker: string, atMs: number): void =>
    void heard.push(`${checker} ${atMs}, ${mirror.states().get(pacs(4)) ?? 'no verdict'}`);
  void mirror.follow(() => undefined, onBeat).catch(() => undefined); // ends with the connection
  await untilTrue(() => mirror.hasCaughtUp());
  await bucket.put(verdict(pacs(4), 'down'));
  await bucket.beat('checker-2', 2);
  await untilTrue(() => heard.length > 0);
  expect(heard).toEqual(['checker-2 2, down']);
});

it('keeps what it knew when the bucket is deleted, until a checker has filled the next one', async () => {
  await bucket.put(verdict(pacs(5), 'down'));
  await bucket.beat('checker-3', 1);
  const mirror = new VerdictMirror(bucket);
  let isOver = false;
  const following = (async () => {
    while (!isOver) await mirror.follow(() => undefined).catch(() => undefined);
  })();
  await untilTrue(() => mirror.states().get(pacs(5)) === 'down');

  await (await jetstreamManager(connection)).streams.delete(`KV_${verdictBucket}`);
  await expect(bucket.beat('checker-3', 2)).rejects.toThrow(); // nobody takes it
  await expect(bucket.beat('checker-3', 3)).rejects.toThrow(BucketRemade); // the reader may have made it, or this question
  await new Promise((resolve) => setTimeout(resolve, 5_000)); // longer than a reader needs to look for its bucket
  expect(mirror.states().get(pacs(5))).toBe('down');

  await bucket.put(verdict(pacs(6), 'up'));
  await bucket.beat('checker-3', 4);
  await untilTrue(() => mirror.states().get(pacs(6)) === 'up');
  expect(mirror.states().has(pacs(5))).toBe(false);
  isOver = true;
  void following;
}, 30_000);

it('knows the last sign of life of each checker, also of those before it came', async () => {
  await bucket.beat('health-1', 1_000);
  const { mirror, until } = following();
  await until(() => mirror.beatsMs().get('health-1') === 1_000);
  await bucket.beat('health-1', 2_000);
  await bucket.beat('health-2', 1_500);
  await until(() => mirror.beatsMs().get('health-1') === 2_000 && mirror.beatsMs().get('health-2') === 1_500);
});
