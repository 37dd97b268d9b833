import { NodeName } from '@evenkeel/contracts';
import { type EngineRound, Layer7Engine, type NodeFacts, type Peer } from '@evenkeel/data-plane';
import { aPicture } from '@evenkeel/data-plane/test/layer7';
import { freePort, makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, get, webServer } from '../test/back-ends.ts';
import { sha256 } from '../test/real-haproxy.ts';
import { HaproxyDoor } from './haproxy-door.ts';
import { HaproxyProcess } from './haproxy-process.ts';
import { RuntimeApi } from './runtime-api.ts';
import { teachesTables } from './table-handover.ts';

// Nodes that come and go, each with a real HAProxy and an address of its own for the others.

const withinMs = 60_000;
/** Enough that a lesson takes several messages. */
const clientCount = 5_000;
const clients = Array.from({ length: clientCount }, (_, index) => `10.1.${index >> 8}.${index & 255}`);

let web: readonly BackEnd[];
beforeAll(async () => {
  web = await Promise.all(['one', 'two', 'three'].map((name) => webServer(name)));
});
afterAll(() => Promise.all(web.map((server) => server.close())));

/** One node: it listens for its peers at an address of its own, and for clients at a port of its own. */
class Node {
  private process: HaproxyProcess;
  private engine: Layer7Engine;

  private constructor(
    readonly peer: Peer,
    readonly port: number,
    private readonly folder: TempFolder,
  ) {
    this.process = new HaproxyProcess({ folder: folder.path, nodeName: peer.name });
    this.engine = new Layer7Engine(new HaproxyDoor(this.process), sha256);
  }

  static async make(letter: string, last: number): Promise<Node> {
    const peer = { name: NodeName.parse(`node-${letter}`), address: `127.0.8.${last}`, port: await freePort() };
    const node = new Node(peer, await freePort(), await makeTempFolder('peers'));
    await node.process.boot();
    return node;
  }

  /** `connections`: any other number is another structure. */
  async serve(nodes: readonly Node[], connections = 1_000): Promise<EngineRound> {
    const facts: NodeFacts = { name: this.peer.name, peers: nodes.map(({ peer }) => peer), maxSockets: 5_000 };
    const realServers = web.map(({ name, port }, index) => ({
      number: index + 2,
      spec: { label: name, address: '127.0.0.1', port },
    }));
    // Each its own port here, because all run on one machine; on several machines all is the same.
    const spec = { address: '127.0.0.1', ports: [this.port], mode: 'http', maxConnections: connections } as const;
    const persistence = { kind: 'source-ip' } as const;
    const services = [{ number: 1, spec: { ...spec, ports: [this.port], persistence }, realServers }];
    const round = await this.engine.converge(aPicture({ node: facts, services }));
    expect(round).toMatchObject({ waitingFor: [] });
    return round;
  }

  ask(...commands: string[]): Promise<readonly string[]> {
    return new RuntimeApi(this.process.workerSocket ?? '').ask(commands);
  }

  async remembered(): Promise<number> {
    const [table = ''] = await this.ask('show table vs1');
    return Number(/used:(\d+)/.exec(table)?.[1]);
  }

  /** Until it remembers everybody. */
  knowsAll(count = clientCount): Promise<void> {
    return until(`${this.peer.name} knows all`, async () => (await this.remembered()) === count, { withinMs });
  }

  answer(from: string): Promise<string> {
    return get(this.port, { from }).then(({ body }) => body);
  }

  /** Clients that stuck to servers, one after the other. */
  async fill(): Promise<void> {
    await this.ask(...clients.map((key, index) => `set table vs1 key ${key} data.server_id ${2 + (index % 3)}`));
    await this.knowsAll();
    await this.mayTeach();
  }

  /** Until a reload would be left to HAProxy's own peers: before that, we carry the entries over. */
  mayTeach(): Promise<void> {
    const { workerSocket = '' } = this.process;
    return until(`${this.peer.name} may teach`, () => teachesTables(new RuntimeApi(workerSocket)), { withinMs });
  }

  async stop(): Promise<void> {
    await this.process.stop(0);
  }

  /** A machine that lost everything but its configuration. */
  async startAgain(): Promise<void> {
    this.process = new HaproxyProcess({ folder: this.folder.path, nodeName: this.peer.name });
    this.engine = new Layer7Engine(new HaproxyDoor(this.process), sha256);
    expect(await this.process.boot()).toEqual({ kind: 'started' });
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.folder.remove();
  }
}

describe('nodes that share the clients of a service', () => {
  let nodes: Node[];
  let a: Node;
  let b: Node;
  let c: Node;
  beforeEach(async () => {
    nodes = await Promise.all(['a', 'b', 'c'].map((letter, index) => Node.make(letter, index + 1)));
    [a, b, c] = nodes as [Node, Node, Node];
  });
  afterEach(() => Promise.all(nodes.map((node) => node.dispose())));

  it('a node that joins gets every entry; whoever was there loses none and says why it reloads', async () => {
    await a.serve([a]);
    await a.fill();
    await b.serve([a, b]);
    expect(await a.serve([a, b])).toMatchObject({ method: 'reload', reloadReasons: ['node node-b joined'] });
    await a.knowsAll();
    await b.knowsAll();
  }, 120_000);

  it('a client that one node sent to a server is sent there by the others', async () => {
    for (const node of [a, b]) await node.serve([a, b]);
    const hosts = Array.from({ length: 9 }, (_, index) => `127.1.3.${index + 1}`);
    const onA: string[] = [];
    for (const host of hosts) onA.push(await a.answer(host));
    await b.knowsAll(hosts.length);
    const onB: string[] = [];
    for (const host of hosts.toReversed()) onB.unshift(await b.answer(host));
    expect(onB).toEqual(onA);
  }, 120_000);

  it('nodes join and leave, one reload each, and nobody is forgotten', async () => {
    for (const node of [a, b]) await node.serve([a, b]);
    await a.fill();
    await b.knowsAll();
    await c.serve([a, b, c]);
    for (const node of [a, b]) {
      expect(await node.serve([a, b, c])).toMatchObject({ reloadReasons: ['node node-c joined'] });
      await node.knowsAll();
    }
    await c.knowsAll();
    await a.stop();
    for (const node of [b, c]) {
      await node.mayTeach();
      expect(await node.serve([b, c])).toMatchObject({ reloadReasons: ['node node-a left'] });
      await node.knowsAll();
    }
  }, 180_000);

  it('reloads in quick succession lose nobody, with a peer that is silent', async () => {
    await a.serve([a, c]); // c never comes
    await a.fill();
    for (const connections of [1_001, 1_002, 1_003]) {
      expect(await a.serve([a, c], connections)).toMatchObject({ method: 'reload' });
      await a.knowsAll();
    }
  }, 120_000);

  it('a node that restarts with empty tables learns them from another', async () => {
    for (const node of [a, b]) await node.serve([a, b]);
    await a.fill();
    await b.knowsAll();
    await b.stop();
    await b.startAgain();
    await b.knowsAll();
  }, 120_000);

  it('a node whose setting gives it an address takes its clients there', async () => {
    await a.serve([]);
    await a.fill();
    expect(await a.serve([a])).toMatchObject({ reloadReasons: ['node node-a joined'] });
    await a.knowsAll();
  }, 120_000);
});
