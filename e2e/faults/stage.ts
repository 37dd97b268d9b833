import { readFile } from 'node:fs/promises';
import { setTimeout as rest } from 'node:timers/promises';
import type { NodeResource, Overview, VirtualServiceResource, WriteAnswer } from '@evenkeel/contracts';
import { until } from '@evenkeel/testing/lab';
import { JsonClient } from '../support/json-client.ts';
import { Scribe, type Change } from './scribe.ts';
import { clientAddresses, machines, Stack, vip } from './stack/stack.ts';
import type { TrafficOrder } from './traffic/orders.ts';
import { datagramPatienceMs } from './traffic/patience.ts';
import { type Accounts, Traffic } from './traffic/traffic.ts';

export type Load = Pick<TrafficOrder, 'kept' | 'fresh' | 'names' | 'associations'>;

/** Light enough for two cores that do everything else as well. */
export const usualLoad: Load = {
  kept: { port: 80, clients: 4, pauseMs: 80 },
  fresh: { port: 80, perSecond: 40 },
  names: { port: 137, perSecond: 20 },
  associations: { port: 104, count: 20, pauseMs: 500 },
};

/** The stack with the services of a hospital on it, clients at work, and somebody who changes something all the time. */
export class Stage {
  private constructor(
    readonly stack: Stack,
    readonly api: JsonClient,
    readonly traffic: Traffic,
    readonly scribe: Scribe,
  ) {}

  static async open(load: Load = usualLoad): Promise<Stage> {
    const stack = await Stack.start();
    try {
      const sockets = { controlSocket: stack.path('clients.sock'), apiSocket: stack.path('api.sock') };
      const api = { host: stack.node.address(), port: 9443 };
      const order = { ...sockets, api, from: clientAddresses, vip, ...load };
      const traffic = await Traffic.start(stack.lab.host('client'), order);
      const door = clientOf(order.apiSocket, (await readFile(stack.path('admin-token'), 'utf8')).trim());
      await prepare(door);
      const stage = new Stage(stack, door, traffic, new Scribe(door, await wishesOf(door)));
      await stage.settled();
      await stage.served();
      return stage;
    } catch (failure) {
      await stack.dispose();
      throw failure;
    }
  }

  async dispose(): Promise<void> {
    await this.scribe.stop();
    await this.traffic.stop();
    this.api.close();
    await this.stack.dispose();
  }

  async service(label: string): Promise<VirtualServiceResource> {
    return serviceOf(this.api, label);
  }

  /** Waits until no client has lost anything for longer than the patience of the least patient. */
  async served(withinMs = 60_000): Promise<void> {
    let lost: readonly string[] = [];
    const isServed = async (): Promise<boolean> => {
      lost = await this.lostIn(2 * datagramPatienceMs);
      return lost.length === 0;
    };
    await until('all clients are served', isServed, { withinMs }).catch(async (failure: unknown) => {
      const words = `clients are not served: ${lost.join(', ')}; HAProxy: ${await this.stack.serversNotUp()}`;
      throw new Error(words, { cause: failure });
    });
  }

  /** What clients lose from now on for so long, in words. */
  async lostIn(ms: number): Promise<readonly string[]> {
    await this.traffic.look();
    await rest(ms);
    return lossesIn(await this.traffic.look());
  }

  /**
   * Waits until all is as it should be: a change that was asked for from now on runs on the node, the checkers rule and see
   * everybody.
   */
  async settled(withinMs = 90_000): Promise<void> {
    const before = this.scribe.lastRevision;
    let missing = 'no answer';
    const isSettled = async (): Promise<boolean> => {
      const { lastRevision } = this.scribe;
      missing = lastRevision === before ? 'no change was acknowledged' : await whatIsMissing(this.api, lastRevision);
      return missing === '';
    };
    await until('all is well again', isSettled, { withinMs }).catch((failure: unknown) => {
      throw new Error(`not well again: ${missing}`, { cause: failure });
    });
  }
}

/** In words: `fresh: 3 × ECONNREFUSED`. */
export const lossesIn = (accounts: Accounts): string[] =>
  Object.entries(accounts).flatMap(([kind, { reasons }]) =>
    Object.entries(reasons).map(([reason, count]) => `${kind}: ${count} × ${reason}`),
  );

/** In words; nothing when the node runs `revision` or a later one, and all real servers are up. */
const whatIsMissing = async (api: JsonClient, revision: number): Promise<string> => {
  try {
    const node = await api.get<NodeResource>('/nodes/lb-a');
    if (node.state !== 'live') return 'the node is silent';
    if (node.rejection !== undefined) return `rejected: ${node.rejection.words}`;
    if (node.observed < revision) return `${node.observed} of ${revision} seen: ${node.waitingFor.join(', ')}`;
    if (node.verdicts?.by === 'own-checks') return 'the node goes by its own checks';
    const { services } = await api.get<Overview>('/overview');
    const down = services.flatMap(({ label, realServers }) =>
      realServers.filter(({ verdict }) => verdict !== 'up').map((server) => `${label}/${server.label}`),
    );
    return down.length === 0 ? '' : `not up: ${down.join(', ')}`;
  } catch (failure) {
    return String(failure);
  }
};

const check = { interval: '500ms', timeout: '2s' };

/** Of the reference deployment, one service of each kind; checks at a pace that a test can wait for. */
const services = [
  {
    label: 'Web',
    ports: [80],
    layer: 7,
    mode: 'http',
    persistence: { kind: 'http-cookie-and-source-ip', cookieName: 'SERVERID', timeout: '30m' },
    healthCheck: { kind: 'http', method: 'HEAD', path: '/', expectStatus: [200], ...check },
  },
  {
    label: 'DICOM',
    ports: [104],
    layer: 7,
    mode: 'tcp',
    balance: 'least-connections',
    persistence: { kind: 'source-ip', timeout: '30m' },
    healthCheck: { kind: 'dicom-echo', calledAe: 'INFINITT', ...check, interval: '1s' },
  },
  {
    label: 'Names',
    ports: [137],
    layer: 4,
    mode: 'tcp-udp',
    forwarding: 'snat',
    balance: 'random',
    persistence: { kind: 'source-ip', timeout: '5m' },
    healthCheck: { kind: 'netbios-node-status', ...check },
  },
];

/**
 * A connection for each request: one that was kept may just be closed by the other side, and that would count as a fault of
 * ours. The certificate is checked by the journeys; here it would only tie us to the gateway's first start.
 */
const clientOf = (socketPath: string, token: string): JsonClient =>
  new JsonClient({
    socketPath,
    host: 'evenkeel',
    rejectUnauthorized: false,
    token,
    agent: { keepAlive: false, maxSockets: 8 },
    patienceMs: 15_000,
  });

const prepare = async (api: JsonClient): Promise<void> => {
  const realServers = machines.map(({ label, address }) => ({ label, address }));
  for (const service of services) {
    await api.call<WriteAnswer>('POST', '/virtual-services', { ...service, address: vip, realServers });
  }
};

const serviceOf = async (api: JsonClient, label: string): Promise<VirtualServiceResource> => {
  const { items } = await api.get<{ items: VirtualServiceResource[] }>('/virtual-services');
  const found = items.find((service) => service.label === label);
  if (found === undefined) throw new Error(`no service ${label}`);
  return found;
};

/** The last machine is drained and brought back, service by service; whoever is connected stays. */
const wishesOf = async (api: JsonClient): Promise<(turn: number) => Change> => {
  const found = await Promise.all(['Web', 'DICOM'].map((label) => serviceOf(api, label)));
  const paths = found.map(({ id, realServers }) => `/virtual-services/${id}/real-servers/${realServers.at(-1)?.id}`);
  const deeds = ['drain', 'online'].flatMap((deed) => paths.map((path) => `${path}/${deed}`));
  return (turn) => ({ method: 'POST', path: deeds[turn % deeds.length] ?? '', body: {} });
};
