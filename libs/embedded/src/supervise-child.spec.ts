import { expect, it } from '@jest/globals';
import { Clock, type Rest } from '@evenkeel/kernel';
import { type Child, superviseChild } from './index.ts';

/** Rests end at once and are noted; time passes only when a test says so. */
class HurriedClock extends Clock {
  readonly rests: number[] = [];
  passedMs = 0;
  override nowMs = (): number => this.passedMs;
  override monotonicMs = (): number => this.passedMs;
  override rest(ms: number): Rest {
    this.rests.push(ms);
    return { over: Promise.resolve(), wake: () => {} };
  }
}

const aServer = (pid: number): Child & { crash(): void; hasStopped: boolean } => {
  const { promise: exited, resolve } = Promise.withResolvers<Awaited<Child['exited']>>();
  const end = (wasAsked: boolean): void => resolve({ program: 'server', pid, code: 1, signal: null, wasAsked });
  const server = {
    pid,
    exited,
    hasStopped: false,
    crash: () => end(false),
    kill: () => server.stop(),
    stop: () => {
      server.hasStopped = true;
      end(true);
      return Promise.resolve();
    },
  };
  return server;
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('rejects when the very first start fails', async () => {
  const start = (): Promise<Child> => Promise.reject(new Error('the port is taken'));
  await expect(superviseChild(start, () => {}, new HurriedClock())).rejects.toThrow('the port is taken');
});

it('waits twice as long after each crash, up to ten seconds, and at first again after a healthy minute', async () => {
  const clock = new HurriedClock();
  const servers: ReturnType<typeof aServer>[] = [];
  const start = (): Promise<Child> => {
    const server = aServer(servers.length);
    servers.push(server);
    return Promise.resolve(server);
  };
  const supervised = await superviseChild(start, () => {}, clock);
  for (let crash = 0; crash < 9; crash += 1) {
    servers.at(-1)!.crash();
    await settled();
  }
  expect(clock.rests).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);

  clock.passedMs += 60_000;
  servers.at(-1)!.crash();
  await settled();
  expect(clock.rests.at(-1)).toBe(100);
  expect(supervised.current().pid).toBe(10);
});

it('tries again when a restart fails, and tells each step', async () => {
  const first = aServer(1);
  const answers = [Promise.resolve(first), Promise.reject(new Error('still recovering')), Promise.resolve(aServer(2))];
  answers[1]!.catch(() => {}); // it is awaited only later
  const told: string[] = [];
  const start = (): Promise<Child> => answers.shift()!;
  await superviseChild(start, ({ kind }) => told.push(kind), new HurriedClock());
  first.crash();
  await settled();
  expect(told).toEqual(['exited', 'restart-failed', 'restarted']);
});

it('stops the server and starts no other', async () => {
  const server = aServer(1);
  let starts = 0;
  const start = (): Promise<Child> => ((starts += 1), Promise.resolve(server));
  const supervised = await superviseChild(start, () => {}, new HurriedClock());
  await supervised.stop();
  expect([server.hasStopped, starts]).toEqual([true, 1]);
});

it('stops a server whose restart was under way', async () => {
  const first = aServer(1);
  const second = aServer(2);
  const restart = Promise.withResolvers<Child>();
  const answers = [Promise.resolve(first), restart.promise];
  const supervised = await superviseChild(
    () => answers.shift()!,
    () => {},
    new HurriedClock(),
  );
  first.crash();
  await settled();
  const stopped = supervised.stop();
  restart.resolve(second);
  await stopped;
  expect(second.hasStopped).toBe(true);
});
