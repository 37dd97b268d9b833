import { type EngineRound } from '@evenkeel/data-plane';
import { aPicture, type RealServerSketch } from '@evenkeel/data-plane/test/layer7';
import { realServerId, type ServiceFields } from '@evenkeel/testing';
import { freePort } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, get, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// Who comes back gets its share in steps: what clients see of it.

let node: RealNode;
let port: number;
let servers: readonly BackEnd[];
beforeEach(async () => {
  node = await realNode();
  port = await freePort();
  servers = await Promise.all(['old', 'new'].map((name) => webServer(name)));
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await node.dispose();
});

type HttpFields = { readonly persistence?: { readonly kind: 'http-cookie' }; readonly requestTimeout?: string };
type Course = {
  readonly spec?: HttpFields;
  readonly weight?: number;
  readonly state?: Partial<RealServerSketch>;
};

/** The second of two real servers is as warm as this. */
const serve = (percent: number, { spec = {}, weight = 100, state = {} }: Course = {}): Promise<EngineRound> => {
  const realServers = servers.map((server, index) => ({
    ...(index === 1 ? state : {}),
    number: 2 + index,
    spec: { label: server.name, address: '127.0.0.1', port: server.port, weight },
  }));
  const fields: ServiceFields = { mode: 'http', balance: 'round-robin', address: '127.0.0.1', ports: [port], ...spec };
  const picture = aPicture({ services: [{ number: 1, spec: fields, realServers }] });
  const warming = percent === 100 ? [] : [[realServerId(3), percent] as const];
  return node.engine.converge({ ...picture, warming: new Map(warming) });
};

/** How many of so many new clients come to the one that is new. */
const comers = async (asked: number): Promise<number> => {
  let count = 0;
  for (let one = 0; one < asked; one += 1) count += (await get(port)).body === 'new' ? 1 : 0;
  return count;
};

describe('a real server that comes back', () => {
  it('gets more clients step by step, without a reload', async () => {
    await serve(100, { state: { verdict: 'down' } });
    const { incarnation } = node.door;
    // Round robin is exact up to one turn on either side of a change.
    for (const [percent, expected] of [
      [10, 2],
      [40, 6],
      [100, 11],
    ] as const) {
      expect(await serve(percent)).toMatchObject({ method: 'runtime', waitingFor: [], reloadReasons: [] });
      expect(Math.abs((await comers(22)) - expected)).toBeLessThanOrEqual(1);
    }
    expect(node.door.incarnation).toBe(incarnation);
  });

  it('does so with the smallest of weights, and all have their own again in the end', async () => {
    await serve(100, { weight: 1 });
    await serve(10, { weight: 1 });
    expect(Math.abs((await comers(22)) - 2)).toBeLessThanOrEqual(1);
    await serve(100, { weight: 1 });
    const seen = (await node.door.observe())?.services.get('vs1');
    expect([...(seen?.values() ?? [])].map(({ weight }) => weight)).toEqual([1, 1]);
  });

  it('keeps the clients that persistence ties to it', async () => {
    const spec: HttpFields = { persistence: { kind: 'http-cookie' } };
    await serve(100, { spec });
    const cookies = [(await get(port)).cookie, (await get(port)).cookie];
    await serve(10, { spec });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => get(port, { cookie: cookies[index % 2] ?? '' })),
    );
    expect(answers.filter(({ body }) => body === 'new')).toHaveLength(5);
  });

  it('goes on from where it was when something else needs a reload, from the first client of the new process on', async () => {
    await serve(10);
    expect(await serve(10, { spec: { requestTimeout: '7s' } })).toMatchObject({ method: 'reload', waitingFor: [] });
    expect(await comers(22)).toBeLessThanOrEqual(3);
    const seen = (await node.door.observe())?.services.get('vs1');
    expect(seen?.get('rs3')?.weight).toBe(10);
  });
});
