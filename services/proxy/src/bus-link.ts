import {
  ClientChannel,
  type ClientListener,
  CommitFeed,
  ConfigClient,
  connectBus,
  type ConnectionNews,
  ConnectionWatch,
  endBus,
  Journal,
  NodeBucket,
  NodeChannel,
  type OnBeat,
  SharedClientNats,
  VerdictBucket,
  VerdictMirror,
} from '@evenkeel/bus';
import type { NodeName, NodeReport, NodeSample, Revision, TrialRequest, Trials } from '@evenkeel/contracts';
import type { ClientExchange, JournalStore } from '@evenkeel/data-plane';
import type { NatsConnection } from '@nats-io/transport-node';
import type { SpanContext } from '@opentelemetry/api';
import { LateFeed } from './late-feed.ts';
import type { NodeRegister } from './membership.ts';
import type { ProxySettings } from './settings.ts';

type Ends = {
  readonly connection: ConnectionWatch;
  readonly journal: Journal;
  readonly channel: NodeChannel;
  readonly clients: ClientChannel;
  readonly nodes: NodeBucket;
  readonly mirror: VerdictMirror;
  readonly feed: CommitFeed;
  readonly config: ConfigClient;
};

/** This node's end of the bus. It connects when it can: nothing here waits for it that serves traffic. */
export class BusLink {
  private readonly connecting: Promise<NatsConnection>;
  private readonly coming: Promise<Ends>;
  private ends: Ends | undefined;
  /** How often the connection has come back. */
  private returns = 0;

  constructor({ cluster, node, nats }: ProxySettings) {
    this.connecting = connectBus({ ...nats, name: `proxy ${node}` });
    this.coming = this.connecting.then((connection) => {
      const config = new ConfigClient(new SharedClientNats(connection));
      this.ends = {
        connection: new ConnectionWatch(connection, (news) => {
          if (news === 'reconnect') this.returns += 1;
        }),
        journal: new Journal(connection, cluster),
        nodes: new NodeBucket(connection, cluster),
        channel: new NodeChannel(connection, cluster),
        clients: new ClientChannel(connection, cluster, node),
        mirror: new VerdictMirror(new VerdictBucket(connection)),
        feed: new CommitFeed(connection, config, cluster),
        config,
      };
      return this.ends;
    });
  }

  /** The way to the book. */
  get feed(): LateFeed {
    return new LateFeed(this.coming.then(({ feed }) => feed));
  }

  /** Sealed; undefined when there is none. Throws `ConfigAway`, and at once when the bus has not been there yet. */
  async material(material: string): Promise<string | undefined> {
    if (this.ends === undefined) throw new Error('the bus is not there yet');
    return (await this.ends.config.material(material)).sealed ?? undefined;
  }

  /** The list of nodes. */
  get nodes(): NodeRegister {
    const coming = this.coming.then(({ nodes }) => nodes);
    return {
      put: async (member) => (await coming).put(member),
      forget: async (node) => (await coming).forget(node),
      watch: async function* () {
        yield* (await coming).watch();
      },
    };
  }

  /** Whether the connection stands; `onNews` is told when it is lost and when it is back. */
  watch(onNews: (news: ConnectionNews) => void): { isConnected(): boolean } {
    let watch: ConnectionWatch | undefined;
    void this.connecting.then((connection) => (watch = new ConnectionWatch(connection, onNews)));
    return { isConnected: () => watch?.isConnected() ?? false };
  }

  /** What sent these commits, as far as it was traced. */
  originsOf(after: Revision, upTo: Revision): readonly SpanContext[] {
    return this.ends?.feed.originsOf(after, upTo) ?? [];
  }

  /** What the checkers say; undefined until everything in the bucket was read once. */
  verdicts(): Pick<VerdictMirror, 'current' | 'states'> | undefined {
    return this.ends?.mirror.hasCaughtUp() ? this.ends.mirror : undefined;
  }

  /** Reads verdicts until the connection ends. Throws the client's errors. */
  async followVerdicts(onChange: () => void, onBeat: OnBeat): Promise<void> {
    await (await this.coming).mirror.follow(onChange, onBeat);
  }

  /** Calls `report` when the bus is there, and whenever somebody asks from then on. */
  onAsked(report: () => void): void {
    void this.coming.then(({ channel }) => {
      channel.onAsked(report);
      report();
    });
  }

  /** Answers with what `judge` says whenever somebody asks for a trial on this node. */
  onTrialAsked(node: NodeName, judge: (request: TrialRequest) => Promise<Trials>): void {
    void this.coming.then(({ channel }) => channel.onTrialAsked(node, judge));
  }

  /** The clients of layer 4, to and from other nodes. What would be said while the bus is away is not said. */
  get clients(): ClientExchange {
    const session = (): number | undefined => (this.ends?.connection.isConnected() === true ? this.returns : undefined);
    return {
      get session() {
        return session();
      },
      tell: (ties) => this.ends?.clients.tell(ties),
      answer: (node, ties) => this.ends?.clients.answer(node, ties),
      ask: () => this.ends?.clients.ask(),
    };
  }

  /** Hears what other nodes say of clients, from when the bus is there. */
  onClients(listener: ClientListener): void {
    void this.coming.then(({ clients }) => clients.listen(listener));
  }

  /** Where records of the journal go; undefined while the bus is away, and they had better wait here. */
  journal(): JournalStore | undefined {
    return this.ends?.connection.isConnected() ? this.ends.journal : undefined;
  }

  /** Best effort: reports and samples are repeated. */
  report(report: NodeReport): void {
    this.ends?.channel.publishReport(report);
  }

  sample(sample: NodeSample): void {
    this.ends?.channel.publishSample(sample);
  }

  /** Resolves after what was still to be said; at once when there is nobody to say it to. */
  async end(): Promise<void> {
    if (this.ends?.connection.isConnected() === true) await endBus(await this.connecting);
    else this.close();
  }

  /** Resolves at once; a connection that is still coming is closed when it is there. */
  close(): void {
    void this.connecting.then((connection) => connection.close());
  }
}
