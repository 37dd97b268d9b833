import { Agent } from 'node:http';
import { aNode, aPicture, type RealServerSketch, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { type ServiceFields } from '@evenkeel/testing';
import { freePort } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, get, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// Those that no other test is about. docs/reference/traps.md lists them all.

let web: readonly BackEnd[];
beforeAll(async () => {
  web = await Promise.all(['one', 'two', 'three', 'four'].map((name) => webServer(name)));
});
afterAll(() => Promise.all(web.map((server) => server.close())));

let node: RealNode;
let port: number;
beforeEach(async () => {
  node = await realNode();
  port = await freePort();
});
afterEach(() => node.dispose());

const at = (number: number, changes: Partial<RealServerSketch> = {}): RealServerSketch => ({
  number,
  ...changes,
  spec: { label: `rs_${number}`, address: '127.0.0.1', port: web[number - 2]?.port ?? 0, ...changes.spec },
});
const service = (realServers: readonly RealServerSketch[], fields: ServiceFields = {}): ServiceSketch => ({
  number: 1,
  spec: { address: '127.0.0.1', ports: [port], mode: 'http', balance: 'round-robin', ...fields } as ServiceFields,
  realServers,
});
/** How it was done. */
const serve = async (realServers: readonly RealServerSketch[], fields: ServiceFields = {}): Promise<string> => {
  const { method, waitingFor } = await node.serve(service(realServers, fields));
  expect(waitingFor).toEqual([]);
  return method;
};
/** With another limit of the service only a reload will do. */
const reload = async (realServers: readonly RealServerSketch[]): Promise<void> =>
  expect(await serve(realServers, { maxConnections: 77 })).toBe('reload');
const servers = async () => (await node.door.observe())?.services.get('vs1');

describe('traps of the data plane', () => {
  it('an added server is gone after a reload unless it is in the file too', async () => {
    await serve([at(2)]);
    await node.door.apply(
      [{ service: 'vs1', server: 'rs99', kind: 'add-server', words: ['127.0.0.1:9', 'id', 99] }],
      ['vs1'],
    );
    expect(await serve([at(2), at(3)])).toBe('runtime');
    await reload([at(2), at(3)]);
    expect([...((await servers())?.keys() ?? [])]).toEqual(['rs2', 'rs3']); // ours is in the file, the other one is not
  });

  it.each(['least-connections', 'round-robin'] as const)(
    'adding a server needs a dynamic algorithm: %s is one',
    async (balance) => {
      await serve([at(2)], { balance });
      expect(await serve([at(2), at(3)], { balance })).toBe('runtime');
    },
  );

  it('everything set at run time is lost at a reload, unless the files have it: they do', async () => {
    await serve([at(2), at(3), at(4), at(5)]);
    const changed = [
      at(2, { spec: { weight: 7, maxConnections: 3 } }),
      at(3, { verdict: 'down' }),
      at(4, { intent: { intent: 'drain', clients: 'keep' } }),
      at(5, { intent: { intent: 'halt', connections: 'finish' }, spec: { address: '127.0.0.2' } }),
    ];
    expect(await serve(changed)).toBe('runtime');
    const before = await servers();
    await reload(changed);
    expect(await servers()).toEqual(before);
    expect(before?.get('rs2')).toMatchObject({ weight: 7, maxConnections: 3 });
    expect(before?.get('rs3')).toMatchObject({ isDown: true });
    expect(before?.get('rs4')).toMatchObject({ adminState: 'drain' });
    expect(before?.get('rs5')).toMatchObject({ adminState: 'maint', address: '127.0.0.2' });
  });

  it('a reload closes idle keep-alive connections, which a change at run time leaves alone', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const portOfClient = async (): Promise<number | undefined> => {
      expect((await get(port, { agent })).status).toBe(200);
      return Object.values(agent.freeSockets)[0]?.[0]?.localPort;
    };
    await serve([at(2)]);
    const [socket] = [await portOfClient()];
    expect(await serve([at(2, { spec: { weight: 50 } }), at(3)])).toBe('runtime');
    expect(await portOfClient()).toBe(socket);
    const closed = new Promise((resolve) => Object.values(agent.freeSockets)[0]?.[0]?.once('close', resolve));
    await reload([at(2, { spec: { weight: 50 } }), at(3)]);
    await closed;
    agent.destroy();
  });

  it('a fixed limit of sockets bounds connections, and is no reason not to start', async () => {
    const limited = (maxSockets: number) =>
      node.engine.converge(aPicture({ node: { ...aNode, maxSockets }, services: [service([at(2)])] }));
    expect(await limited(100_000_000)).toMatchObject({ method: 'start', waitingFor: [] });
    expect((await get(port)).status).toBe(200);
    expect(await limited(1_000)).toMatchObject({ method: 'reload', waitingFor: [] });
    expect((await node.process.status())?.maxConnections).toBeLessThan(500);
    expect((await get(port)).status).toBe(200);
  });
});
