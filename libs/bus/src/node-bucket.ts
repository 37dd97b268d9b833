import type { NatsConnection } from '@nats-io/transport-node';
import { type ClusterName, NodeMember, NodeName, nodeBucket } from '@evenkeel/contracts';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { watchBucket } from './watch-bucket.ts';
import { saidIn } from './said-in.ts';

/** `caught-up` comes once, after everything that was there at the start. `forgotten`: somebody has said that it is out. */
export type NodeNews =
  | { readonly kind: 'member'; readonly member: NodeMember }
  | { readonly kind: 'forgotten'; readonly node: NodeName }
  | { readonly kind: 'caught-up' };

/**
 * The nodes of one cluster that share persistence tables, by name. A node that is forgotten leaves a mark, so that readers
 * can tell it from one that the bucket has lost. All methods throw the client's errors.
 */
export class NodeBucket {
  private opened: Promise<KV> | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly cluster: ClusterName,
  ) {}

  /** Safe to repeat. */
  async put(member: NodeMember): Promise<void> {
    await (await this.bucket()).put(member.node, JSON.stringify(member));
  }

  /** Whether the bucket knows the node, and nobody has forgotten it. */
  async has(node: NodeName): Promise<boolean> {
    return (await (await this.bucket()).get(node))?.operation === 'PUT';
  }

  /** Leaves the mark also when the bucket does not know the node. Safe to repeat. */
  async forget(node: NodeName): Promise<void> {
    await (await this.bucket()).delete(node);
  }

  /** Everything that is there, then `caught-up`, then news as it comes. Ends when the connection does; call again then. */
  async *watch(): AsyncGenerator<NodeNews> {
    for await (const entry of watchBucket(await this.bucket())) {
      const news = entry === 'caught-up' ? ({ kind: entry } as const) : newsIn(entry);
      if (news !== undefined) yield news;
    }
  }

  private bucket(): Promise<KV> {
    const opening = (this.opened ??= new Kvm(this.connection).create(nodeBucket(this.cluster), { history: 1 }));
    // A failed attempt must not be remembered: the server may only be late.
    opening.catch(() => (this.opened = undefined));
    return opening;
  }
}

/** Undefined for what another version wrote and this one cannot read: such a node stays what it was. */
const newsIn = (entry: KvEntry): NodeNews | undefined => {
  const node = NodeName.safeParse(entry.key).data;
  if (node === undefined) return undefined;
  if (entry.operation !== 'PUT') return { kind: 'forgotten', node };
  const member = saidIn(NodeMember, entry);
  return member?.node === node ? { kind: 'member', member } : undefined;
};
