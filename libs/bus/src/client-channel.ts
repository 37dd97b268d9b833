import type { Msg, NatsConnection } from '@nats-io/transport-node';
import {
  type ClusterName,
  ClientTies,
  clientsForSubject,
  clientsOf,
  clientsSubject,
  clientsWantedOf,
  clientsWantedSubject,
  NodeName,
} from '@evenkeel/contracts';
import { saidIn } from './said-in.ts';

/** Who listens to the other nodes. Called at once, for each message. */
export type ClientListener = {
  readonly onTies: (ties: ClientTies) => void;
  /** A node that has just come wants everything. */
  readonly onAsked: (node: NodeName) => void;
  /** A message that means nothing to this version, or is far too long. */
  readonly onUnreadable: () => void;
};

/** Four times what a node of ours puts into one message. */
const messageMaxBytes = 64 * 1_024;

/** Which clients of layer 4 are tied to which real servers, from node to node. At most once: what is lost is a habit. */
export class ClientChannel {
  constructor(
    private readonly connection: NatsConnection,
    private readonly cluster: ClusterName,
    private readonly node: NodeName,
  ) {}

  tell(ties: ClientTies): void {
    this.connection.publish(clientsSubject(this.cluster, this.node), JSON.stringify(ties));
  }

  answer(node: NodeName, ties: ClientTies): void {
    this.connection.publish(clientsForSubject(this.cluster, node), JSON.stringify(ties));
  }

  ask(): void {
    this.connection.publish(clientsWantedSubject(this.cluster, this.node));
  }

  /** Hears every other node of the cluster; returns how to stop. */
  listen({ onTies, onAsked, onUnreadable }: ClientListener): () => void {
    const take = (message: Msg): void => {
      const ties = message.data.length > messageMaxBytes ? undefined : saidIn(ClientTies, message);
      if (ties === undefined) onUnreadable();
      else onTies(ties);
    };
    const asked = (message: Msg): void => {
      const node = NodeName.safeParse(senderOf(message)).data;
      if (node !== undefined) onAsked(node);
    };
    const subscriptions = [
      this.hear(clientsOf(this.cluster), take),
      this.hear(clientsForSubject(this.cluster, this.node), take, 'whoever sent it'),
      this.hear(clientsWantedOf(this.cluster), asked),
    ];
    return () => subscriptions.forEach((stop) => stop());
  }

  private hear(
    subject: string,
    take: (message: Msg) => void,
    from: 'others' | 'whoever sent it' = 'others',
  ): () => void {
    const subscription = this.connection.subscribe(subject, {
      callback: (failure, message) => {
        if (failure || (from === 'others' && senderOf(message) === this.node)) return;
        take(message);
      },
    });
    return () => subscription.unsubscribe();
  }
}

const senderOf = ({ subject }: Msg): string => subject.slice(subject.lastIndexOf('.') + 1);
