import { type EngineRound, GatheringPace, Layer7Engine, type Picture, type Reload } from '@evenkeel/data-plane';
import { aPicture } from '@evenkeel/data-plane/test/layer7';
import { Loop } from '@evenkeel/kernel';
import { SystemClock } from '@evenkeel/kernel/system';
import { type ServiceFields } from '@evenkeel/testing';
import { freePort, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { setTimeout as rest } from 'node:timers/promises';
import { type BackEnd, get, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode, sha256 } from '../test/real-haproxy.ts';

let web: BackEnd;
beforeAll(async () => {
  web = await webServer('web');
});
afterAll(() => web.close());

let node: RealNode;
beforeEach(async () => {
  node = await realNode();
});
afterEach(() => node.dispose());

/** A node's loop around an engine that gathers: one round at a time, whenever there is news or a reload may come. */
const working = (picture: () => Picture) => {
  const clock = new SystemClock();
  const rounds: (EngineRound & { readonly of: Picture })[] = [];
  const reloads: Reload[] = [];
  const failures: unknown[] = [];
  const pace = new GatheringPace(clock, () => loop.wake());
  const engine = new Layer7Engine(node.door, sha256, (reload) => reloads.push(reload), pace);
  const round = async (): Promise<void> => {
    const of = picture();
    rounds.push({ ...(await engine.converge(of)), of });
  };
  const onFailure = (failure: unknown): void => void failures.push(failure);
  const loop = new Loop(round, { retryMinMs: 50, retryMaxMs: 2_000, sweepMs: 60_000, onFailure }, clock);
  const stop = async (running: Promise<void>): Promise<void> => {
    loop.stop();
    pace.stop();
    await running;
  };
  return { rounds, reloads, failures, loop, stop };
};

it('fifty changes of structure in a second cost a few reloads, and weights do not wait for them', async () => {
  const port = await freePort();
  const picture = (change: number): Picture => {
    const spec = { address: '127.0.0.1', ports: [port], mode: 'http', maxConnections: 100 + change } as ServiceFields;
    const server = { address: '127.0.0.1', port: web.port, weight: 100 + change };
    return aPicture({ services: [{ number: 1, spec, realServers: [{ number: 2, spec: server }] }] });
  };
  const changes = Array.from({ length: 50 }, (_, index) => picture(index + 1));
  let wanted = picture(0);
  const { rounds, reloads, failures, loop, stop } = working(() => wanted);
  const running = loop.run();
  const isThere = (): Promise<boolean> => {
    const last = rounds.at(-1);
    return Promise.resolve(last?.of === wanted && last.waitingFor.length === 0);
  };
  await until('HAProxy serves', isThere, { withinMs: 20_000 });
  for (const change of changes) {
    wanted = change;
    loop.wake();
    await rest(20);
  }
  await until('the last change runs', isThere, { withinMs: 20_000 });
  await stop(running);

  expect(failures).toEqual([]);
  const last = await node.engine.sweep(wanted); // another look than that of who did it
  expect(last.convergence).toMatchObject({ method: 'none', waitingFor: [] });
  expect((await get(port)).status).toBe(200);
  expect(reloads.length).toBeLessThan(12); // the start is one of them
  const meanwhile = rounds.filter(({ waitingFor }) => waitingFor[0]?.startsWith('a reload within') === true);
  expect(meanwhile.some(({ method }) => method === 'runtime')).toBe(true);
}, 60_000);
