import type { NatsConnection } from '@nats-io/transport-node';
import { type ClusterName, heartbeatSubject, type NodeName } from '@evenkeel/contracts';
import { ConnectionWatch } from './connection.ts';

/** Heartbeats of the election, as bytes that only the nodes can judge: a second way beside UDP, and not kept by anybody. */
export class HeartbeatChannel {
  private readonly watch: ConnectionWatch;

  constructor(
    private readonly connection: NatsConnection,
    private readonly cluster: ClusterName,
  ) {
    this.watch = new ConnectionWatch(connection);
  }

  /** While the bus is away nothing is kept: one that comes late proves nothing. */
  send(to: NodeName, datagram: Uint8Array): void {
    if (this.watch.isConnected()) this.connection.publish(heartbeatSubject(this.cluster, to), datagram);
  }

  /** Calls `take` for each message to `node` of `bytesMost` bytes at the most; returns how to stop. */
  onHeartbeat(node: NodeName, bytesMost: number, take: (datagram: Uint8Array) => void): () => void {
    const subscription = this.connection.subscribe(heartbeatSubject(this.cluster, node), {
      callback: (failure, { data }) => {
        if (!failure && data.length <= bytesMost) take(data);
      },
    });
    return () => subscription.unsubscribe();
  }
}
