import type { NatsConnection } from '@nats-io/transport-node';
import { type ClusterName, HaStatus, haStatusesOf, haStatusSubject, haStatusWantedSubject } from '@evenkeel/contracts';
import { ConnectionWatch } from './connection.ts';
import { saidIn } from './said-in.ts';

/** What nodes say of who answers for the addresses. At most once: they repeat it, and the election does without. */
export class HaChannel {
  private readonly watch: ConnectionWatch;

  constructor(
    private readonly connection: NatsConnection,
    private readonly cluster: ClusterName,
  ) {
    this.watch = new ConnectionWatch(connection);
  }

  /** While the bus is away nothing is kept: a late status would only mislead. */
  publishStatus(status: HaStatus): void {
    if (this.watch.isConnected())
      this.connection.publish(haStatusSubject(this.cluster, status.node), JSON.stringify(status));
  }

  /** Calls `take` for every status that can be read, also of a newer node; returns how to stop. */
  onStatus(take: (status: HaStatus) => void): () => void {
    const subscription = this.connection.subscribe(haStatusesOf(this.cluster), {
      callback: (failure, message) => {
        const status = failure ? undefined : saidIn(HaStatus, message);
        if (status !== undefined) take(status);
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Asks every node for its status. Nobody answers for a node that is not there. */
  askForStatus(): void {
    this.connection.publish(haStatusWantedSubject(this.cluster));
  }

  /** Calls `tell` whenever somebody asks; returns how to stop. */
  onStatusAsked(tell: () => void): () => void {
    const subscription = this.connection.subscribe(haStatusWantedSubject(this.cluster), {
      callback: (failure) => {
        if (!failure) tell();
      },
    });
    return () => subscription.unsubscribe();
  }
}
