import { Ballot, ballotSubject, type ClusterName } from '@evenkeel/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import { ConnectionWatch } from './connection.ts';
import { saidIn } from './said-in.ts';

/** What the checkers of one cluster tell each other, at most once and in the order of each sender. */
export class BallotBox {
  private readonly watch: ConnectionWatch;

  constructor(
    private readonly connection: NatsConnection,
    private readonly cluster: ClusterName,
  ) {
    this.watch = new ConnectionWatch(connection);
  }

  /** While the bus is away nothing is kept: whoever misses a ballot asks again, and a late one would only mislead. */
  send(ballot: Ballot): void {
    if (this.watch.isConnected()) this.connection.publish(ballotSubject(this.cluster), JSON.stringify(ballot));
  }

  /** Calls `take` for every ballot that can be read, also for our own; returns how to stop. */
  onBallot(take: (ballot: Ballot) => void): () => void {
    const subscription = this.connection.subscribe(ballotSubject(this.cluster), {
      callback: (failure, message) => {
        const ballot = failure ? undefined : saidIn(Ballot, message);
        if (ballot !== undefined) take(ballot);
      },
    });
    return () => subscription.unsubscribe();
  }
}
