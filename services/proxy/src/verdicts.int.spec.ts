import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { connectBus, VerdictBucket } from '@evenkeel/bus';
import { type Cluster, fromSnapshot } from '@evenkeel/cluster';
import type { RealServerId, VerdictReason, VerdictState } from '@evenkeel/contracts';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { Loop } from '@evenkeel/kernel';
import { SystemClock } from '@evenkeel/kernel/system';
import { aRealServer, aSnapshot, aVerdict, aVirtualService, realServerId } from '@evenkeel/testing';
import { makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { BusLink } from './bus-link.ts';
import { ProxySettings } from './settings.ts';
import { Verdicts } from './verdicts.ts';

const [pacs1, pacs2] = [realServerId(2), realServerId(3)];
const clock = new SystemClock();
const verdictLeaseMs = 800;

let folder: TempFolder;
let nats: EmbeddedNats;
beforeAll(async () => {
  folder = await makeTempFolder('verdicts-spec');
  nats = await startNats({ folder: folder.path });
});
afterAll(async () => {
  await nats.stop();
  await folder.remove();
});

const listen = async (port = 0): Promise<Server> => {
  const server = createServer((socket) => socket.on('error', () => undefined).destroy()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Two real servers on this machine, asked for a C-ECHO ten times a second. */
const clusterOn = (ports: readonly number[]): Cluster =>
  fromSnapshot(
    aSnapshot(
      [aVirtualService({ spec: { healthCheck: { kind: 'dicom-echo', interval: '100ms', timeout: '500ms' } } })],
      ports.map((port, index) =>
        aRealServer({ number: index + 2, spec: { label: `PACS${index}`, address: '127.0.0.1', port } }),
      ),
    ),
  );

let servers: Server[];
let checker: Checker;
let verdicts: Verdicts;
let stop: () => Promise<void>;
beforeEach(async () => {
  servers = [await listen(), await listen()];
  const cluster = clusterOn(servers.map(portOf));
  checker = await Checker.start();
  const bus = new BusLink(settings());
  const parts = { bus, lastServed: undefined, settings: { verdictLeaseMs, nats: { servers: [] } }, clock };
  verdicts = new Verdicts({ ...parts, onFailure: () => undefined, onChange: () => undefined });
  const loop = (sweepMs: number, round: () => Promise<void>): Loop =>
    new Loop(round, { sweepMs, retryMinMs: 50, retryMaxMs: 200, onFailure: () => undefined }, clock);
  const loops = [
    loop(0, () => verdicts.follow()),
    loop(50, () => Promise.resolve(verdicts.look(cluster))),
    loop(100, () => checker.beat()),
  ];
  for (const one of loops) void one.run();
  stop = async () => {
    for (const one of loops) one.stop();
    verdicts.stop();
    bus.close();
    await checker.end();
    for (const server of servers) server.close();
  };
});
afterEach(() => stop());

const settings = (): ProxySettings => {
  const { url, user, password } = nats;
  return ProxySettings.parse({ node: 'lb-a', nats: { servers: [url], user, password } });
};

/** What `health` says, as far as a worker can tell. */
class Checker {
  isAlive = true;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly bucket: VerdictBucket,
  ) {}

  static async start(): Promise<Checker> {
    const connection = await connectBus({ ...settings().nats, name: 'checker' });
    return new Checker(connection, new VerdictBucket(connection));
  }

  async beat(): Promise<void> {
    if (this.isAlive) await this.bucket.beat('health-1', clock.nowMs());
  }

  /** Resolves when NATS has it, which may have to come back first. */
  say(id: RealServerId, state: VerdictState, reason: VerdictReason): Promise<void> {
    const put = () => this.bucket.put(aVerdict({ realServerId: id, state, reason }));
    return until(
      'NATS takes a verdict',
      () =>
        put().then(
          () => true,
          () => false,
        ),
      { withinMs: 20_000 },
    );
  }

  end(): Promise<void> {
    this.isAlive = false;
    return this.connection.close();
  }
}

const rules = (by: 'health' | 'own-checks'): Promise<void> =>
  until(`${by} rules`, () => Promise.resolve(verdicts.now.ruling().by === by), { withinMs: 15_000 });
const become = (...states: readonly VerdictState[]): Promise<void> =>
  until(
    `the servers are ${states.join(' and ')}`,
    () => Promise.resolve([pacs1, pacs2].every((id, index) => verdicts.now.states().get(id) === states[index])),
    { withinMs: 15_000 },
  );

it('goes by own connections while the checker is dead, and by the checker as soon as it lives', async () => {
  await checker.say(pacs1, 'up', 'check-passed');
  await checker.say(pacs2, 'down', 'dicom-timeout');
  await become('up', 'down');
  await rules('health');

  checker.isAlive = false;
  await rules('own-checks');
  expect(verdicts.now.ruling()).toMatchObject({ overruled: [] });
  servers[0]?.close();
  await become('down', 'down'); // the second accepts connections, and hung when the checker last asked
  expect(verdicts.now.ruling()).toMatchObject({ overruled: [{ realServerId: pacs1, state: 'down' }] });

  await checker.say(pacs1, 'down', 'connect-refused');
  await checker.say(pacs2, 'up', 'check-passed');
  checker.isAlive = true;
  await become('down', 'up');
  await rules('health');
}, 60_000);

it('goes by own connections while NATS is dead, and does not take what NATS had kept for a sign of life', async () => {
  await checker.say(pacs1, 'up', 'check-passed');
  await checker.say(pacs2, 'up', 'check-passed');
  await become('up', 'up');
  await checker.beat();
  await nats.kill();
  checker.isAlive = false;
  servers[0]?.close();
  await become('down', 'up');

  nats = await startNats({ folder: folder.path });
  await checker.say(pacs2, 'up', 'check-passed'); // NATS is back, and says that the first is up as well
  await new Promise((resolve) => setTimeout(resolve, 2 * verdictLeaseMs));
  expect(verdicts.now.ruling().by).toBe('own-checks');
  expect(verdicts.now.states().get(pacs1)).toBe('down');

  await checker.say(pacs1, 'down', 'connect-refused');
  checker.isAlive = true;
  await rules('health');
  expect(verdicts.now.states().get(pacs1)).toBe('down');
}, 60_000);
