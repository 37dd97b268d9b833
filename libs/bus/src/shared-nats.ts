import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { ClientNats, NatsRecordBuilder, type ReadPacket, ServerNats, type WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { handling, tracedHeaders } from './trace.ts';

/** Nest's request-reply server on a connection that the process owns and drains. */
export class SharedServerNats extends ServerNats {
  constructor(
    private readonly connection: NatsConnection,
    queue: string,
  ) {
    super({ queue });
  }

  override createNatsClient(): Promise<NatsConnection> {
    return Promise.resolve(this.connection);
  }

  /** Calls back when the server has taken the subscriptions: whoever is told then is answered. Lost meanwhile, they come again. */
  override start(callback: (error?: unknown, ...rest: unknown[]) => void): void {
    super.start((...said) => {
      const tell = (): void => callback(...said);
      void this.connection.flush().then(tell, tell);
    });
  }

  override handleMessage(channel: string, message: Msg): Promise<void> {
    return handling(channel, message.headers, () => super.handleMessage(channel, message) as Promise<void>);
  }

  /** Takes no more questions; answers under way still leave by the connection. Waits for no server, which may be away. */
  override close(): Promise<void> {
    const { subscriptions } = this as unknown as { subscriptions: Subscription[] }; // private in Nest's types
    subscriptions.forEach((subscription) => subscription.unsubscribe());
    return Promise.resolve();
  }
}

/** Long enough for a busy server of ours, short enough for a person who waits. */
const answerWithinMs = 8_000;

/** Nest's request-reply client on the same connection; the trace context travels in the headers. */
export class SharedClientNats extends ClientNats {
  constructor(private readonly connection: NatsConnection) {
    super({});
  }

  override createClient(): Promise<NatsConnection> {
    return Promise.resolve(this.connection);
  }

  override send<Answer = unknown, Question = unknown>(pattern: unknown, question: Question): Observable<Answer> {
    return super.send<Answer>(pattern, new NatsRecordBuilder(question).setHeaders(tracedHeaders()).build());
  }

  /**
   * Through the inbox that all questions of the connection share: Nest's own way subscribes and unsubscribes for each. An
   * error is the client's own, `RequestError` or `TimeoutError`.
   */
  protected override publish(question: ReadPacket, callback: (answer: WritePacket) => void): () => void {
    const packet = this.assignPacketId(question);
    const { data, headers } = this.serializer.serialize(packet) as Pick<Msg, 'data' | 'headers'>;
    const take = this.createSubscriptionHandler(packet, callback);
    const options = { timeout: answerWithinMs, ...(headers === undefined ? {} : { headers }) };
    this.connection.request(this.normalizePattern(packet.pattern as string), data, options).then(
      (message) => take(null, message),
      (err: unknown) => callback({ err, isDisposed: true }),
    );
    return () => undefined;
  }

  override close(): Promise<void> {
    this.natsClient = null;
    this.connectionPromise = null;
    return Promise.resolve();
  }
}
