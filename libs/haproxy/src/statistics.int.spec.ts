import { clientsOf, Traffic } from '@evenkeel/data-plane';
import { type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { freePort, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, Client, echoServer, get, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

let web: BackEnd;
let echo: BackEnd;
beforeAll(async () => {
  [web, echo] = await Promise.all([webServer('web'), echoServer('echo')]);
});
afterAll(() => Promise.all([web, echo].map((server) => server.close())));

let node: RealNode;
let traffic: Traffic;
let ports: readonly [number, number];
beforeEach(async () => {
  node = await realNode();
  traffic = new Traffic();
  ports = [await freePort(), await freePort()];
});
afterEach(() => node.dispose());

/** With another limit only a reload will do. */
const serve = async (maxConnections: number): Promise<void> => {
  const services: readonly ServiceSketch[] = [
    {
      number: 1,
      spec: { address: '127.0.0.1', ports: [ports[0]], mode: 'http', maxConnections },
      realServers: [{ number: 2, spec: { address: '127.0.0.1', port: web.port } }],
    },
    {
      number: 10,
      spec: { address: '127.0.0.1', ports: [ports[1]] },
      realServers: [{ number: 11, spec: { address: '127.0.0.1', port: echo.port } }],
    },
  ];
  expect((await node.serve(...services)).waitingFor).toEqual([]);
};
const look = async (): Promise<void> => traffic.take(await node.door.statistics());
const askTimes = async (count: number): Promise<void> => {
  for (let asked = 0; asked < count; asked += 1) expect((await get(ports[0])).status).toBe(200);
};
/** A session is counted a moment after its client has its answer. */
const untilCounted = (name: string, sessions: number): Promise<void> =>
  until(`${sessions} sessions of ${name}`, async () => {
    await look();
    return traffic.of(name).sessions === sessions;
  });

describe('counters', () => {
  it('restart at zero at a reload, and go on in ours', async () => {
    await serve(100);
    await askTimes(5);
    await untilCounted('rs2', 5);
    const before = [traffic.of('vs1'), traffic.of('rs2')];
    await serve(101);
    const [serving] = await node.door.servingStatistics();
    expect(serving?.counted?.get('rs2')?.sessions).toBe(0); // what we are for
    await look();
    expect([traffic.of('vs1'), traffic.of('rs2')]).toEqual(before);
    await askTimes(3);
    await untilCounted('rs2', 8);
    expect(traffic.of('vs1').bytesOut).toBeGreaterThan(before[0]?.bytesOut ?? 0);
  });

  it('restart at zero when HAProxy dies, and go on in ours', async () => {
    await serve(100);
    await askTimes(4);
    await untilCounted('rs2', 4);
    const pid = (await node.process.status())?.pid ?? 0;
    process.kill(pid, 'SIGKILL'); // the master ends with its worker
    await until(
      'another HAProxy',
      async () => ((await node.process.status().catch(() => undefined))?.pid ?? pid) !== pid,
    );
    await look();
    await askTimes(1);
    await untilCounted('rs2', 5);
  });

  it('hold what an old worker carries after the reload', async () => {
    await serve(100);
    const client = await Client.connect(ports[1]);
    await serve(101);
    await look();
    const before = traffic.of('vs10').bytesIn;
    expect(await client.talks()).toBe(true);
    const isCounted = async (): Promise<boolean> => {
      await look();
      return traffic.of('vs10').bytesIn >= before + 'hello\n'.length;
    };
    await until('its bytes, long before it ends', isCounted, { withinMs: 20_000 });
    client.close();
  }, 40_000);

  it('of a real server that does not answer grow by errors', async () => {
    await serve(100);
    await web.close();
    expect((await get(ports[0])).status).toBe(503);
    await look();
    expect(traffic.of('rs2').errors).toBeGreaterThan(0);
    web = await webServer('web');
  });
});

describe('an old worker', () => {
  it('is told with its age and with the clients that hold it', async () => {
    await serve(100);
    const clients = [await Client.connect(ports[1]), await Client.connect(ports[1])];
    await serve(101);
    await until('one old worker', async () => (await node.process.status())?.old.length === 1);
    const [old] = (await node.process.status())?.old ?? [];
    const statistics = await node.door.statistics();
    const held = statistics.find(({ pid }) => pid === old?.pid);
    expect([held && clientsOf(held), (old?.ageSeconds ?? 99) < 60]).toEqual([2, true]);
    await until('it is older', async () => ((await node.process.status())?.old[0]?.ageSeconds ?? 0) >= 1);
    clients.forEach((client) => client.close());
  });
});
