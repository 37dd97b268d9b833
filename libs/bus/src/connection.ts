import { connect, type NatsConnection } from '@nats-io/transport-node';

export type BusSettings = {
  /** `host:port`, one or several. */
  readonly servers: readonly string[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Shown in the server's connection list. */
  readonly name: string;
};

/**
 * One connection for one process. It waits for the first server and reconnects for ever: a process that must serve
 * without the bus must not await it on its way up. Rejects only where the settings make no sense.
 */
export const connectBus = (settings: BusSettings): Promise<NatsConnection> =>
  connectWith(settings).catch((failure: unknown) => {
    // The client's error quotes the address, which may have a password in it.
    if (isInvalidUrl(failure)) throw new Error('an address of the bus cannot be read: host:port is what it should be');
    throw failure;
  });

const isInvalidUrl = (failure: unknown): boolean =>
  typeof failure === 'object' && failure !== null && 'code' in failure && failure.code === 'ERR_INVALID_URL';

const connectWith = async (settings: BusSettings): Promise<NatsConnection> =>
  connect({
    servers: [...settings.servers],
    name: settings.name,
    ...(settings.user === undefined ? {} : { user: settings.user, pass: settings.password ?? '' }),
    // A stack for every question, in case it fails, costs more than the rest of asking.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    // A password that is refused may be right a minute later: a connection that gives up is one that nobody opens again.
    ignoreAuthErrorAbort: true,
    waitOnFirstConnect: true,
    // A half-open connection must be noticed in seconds, not in the default four minutes.
    pingInterval: 2_000,
    maxPingOut: 2,
  });

/** Longer than a server that is there needs for what we have still to say. */
const drainWithinMs = 1_000;

/** Ends a connection after what was still to be said. With no server to say it to, the client's own `drain` waits for ever. */
export const endBus = async (connection: NatsConnection): Promise<void> => {
  const drained = connection.drain().catch(() => undefined); // fails when it is closed below
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, drainWithinMs);
  await Promise.race([drained, late]);
  clearTimeout(timer);
  await connection.close();
};

/** What became of a connection. It is made anew by itself: this is for whoever wants to know. */
export type ConnectionNews = 'disconnect' | 'reconnect';

/** Whether one connection stands, as its client says. */
export class ConnectionWatch {
  private isUp = true;

  /** `connection` stands when it comes from `connectBus`. `onNews` is told of each change until it is closed. */
  constructor(connection: NatsConnection, onNews: (news: ConnectionNews) => void = () => undefined) {
    void this.follow(connection, onNews);
  }

  isConnected(): boolean {
    return this.isUp;
  }

  private async follow(connection: NatsConnection, onNews: (news: ConnectionNews) => void): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type !== 'disconnect' && type !== 'reconnect') continue;
      this.isUp = type === 'reconnect';
      onNews(type);
    }
    this.isUp = false;
  }
}
