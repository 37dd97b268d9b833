import { NodeName } from '@evenkeel/contracts';
import { type NodeFacts, type Peer } from '@evenkeel/data-plane';
import { aPicture } from '@evenkeel/data-plane/test/layer7';
import { freePort, makeTempFolder, until } from '@evenkeel/testing/lab';
import { Layer7Engine } from '@evenkeel/data-plane';
import { afterEach, expect, it } from '@jest/globals';
import { type BackEnd, get, webServer } from '../test/back-ends.ts';
import { sha256 } from '../test/real-haproxy.ts';
import { HaproxyDoor } from './haproxy-door.ts';
import { HaproxyProcess } from './haproxy-process.ts';
import { RuntimeApi } from './runtime-api.ts';

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

const start = async (facts: NodeFacts): Promise<HaproxyProcess> => {
  const folder = await makeTempFolder('haproxy');
  const haproxy = new HaproxyProcess({ folder: folder.path, nodeName: facts.name });
  disposals.push(async () => {
    await haproxy.stop(0);
    await folder.remove();
  });
  await haproxy.boot();
  return haproxy;
};

it('shares the clients of a service between nodes, by the ids that are the same on both', async () => {
  const servers: readonly BackEnd[] = await Promise.all(['one', 'two', 'three'].map((name) => webServer(name)));
  disposals.push(async () => void (await Promise.all(servers.map((server) => server.close()))));
  const peers: readonly Peer[] = await Promise.all(
    ['node-a', 'node-b'].map(async (name) => ({
      name: NodeName.parse(name),
      address: '127.0.0.1',
      port: await freePort(),
    })),
  );
  const nodes = await Promise.all(
    peers.map(async ({ name }) => {
      const facts: NodeFacts = { name, peers, maxSockets: 20_000 };
      return { facts, haproxy: await start(facts), port: await freePort() };
    }),
  );
  for (const { facts, haproxy, port } of nodes) {
    const realServers = servers.map((server, index) => ({
      number: index + 2,
      spec: { label: server.name, address: '127.0.0.1', port: server.port },
    }));
    // Each its own port here, because both run on one machine; on two machines all is the same.
    const spec = { address: '127.0.0.1', ports: [port], mode: 'http', persistence: { kind: 'source-ip' } } as const;
    const picture = aPicture({ node: facts, services: [{ number: 1, spec: { ...spec, ports: [port] }, realServers }] });
    const round = await new Layer7Engine(new HaproxyDoor(haproxy), sha256).converge(picture);
    expect(round).toMatchObject({ method: 'start', waitingFor: [] });
  }
  const [a, b] = nodes;
  const hosts = Array.from({ length: 6 }, (_, index) => `127.1.2.${index + 1}`);
  const onA = [];
  for (const from of hosts) onA.push((await get(a?.port ?? 0, { from })).body);
  await until(
    'the other node has learnt them',
    async () => {
      const [table = ''] = await new RuntimeApi(b?.haproxy.workerSocket ?? '').ask(['show table vs1']);
      return table.includes('used:6');
    },
    { withinMs: 15_000 },
  );
  const onB = [];
  for (const from of hosts.toReversed()) onB.unshift((await get(b?.port ?? 0, { from })).body);
  expect(onB).toEqual(onA);
}, 30_000);
