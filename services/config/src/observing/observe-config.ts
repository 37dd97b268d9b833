import { ConnectionWatch } from '@evenkeel/bus';
import { gauge, observeNats, type Observed } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RelayWatch } from './relay-watch.ts';

/** What `config` is made of, as far as an observer needs it. */
export type Seen = {
  readonly connection: NatsConnection;
  readonly relay: RelayWatch;
  /** Whether the line to Postgres stands on which news of the book come. */
  readonly isPostgresThere: () => boolean;
  /** Drains that are past their deadline because nobody else could serve. */
  readonly heldUpDrains: () => number;
};

/** A stream that lacks commits for longer is worth a word; the metric says it to the second. */
const lateMs = 10_000;

/** Metrics and health of `config`. Returns how to end them. */
export const observeConfig = (
  observed: Observed,
  { connection, relay, isPostgresThere, heldUpDrains }: Seen,
): (() => void) => {
  const without = 'nobody can ask, and commits wait in the book';
  const ends = [
    observeNats(
      observed,
      { process: 'config', neededTo: 'ready', without },
      (onNews) => new ConnectionWatch(connection, onNews),
    ),
    gauge('relayLag', (observe) => observe({}, relay.lag())),
    gauge('relayDelay', (observe) => observe({}, relay.delayMs() / 1_000)),
    gauge('drainsHeldUp', (observe) => observe({}, heldUpDrains())),
    observed.health.add(
      {
        name: 'config postgres',
        neededTo: 'ready',
        whatIsWrong: () => (isPostgresThere() ? undefined : 'no connection; commands are answered with 503'),
      },
      {
        name: 'config relay',
        neededTo: 'degraded',
        whatIsWrong: () => (relay.delayMs() < lateMs ? undefined : `the stream lacks ${relay.lag()} commits`),
      },
    ),
  ];
  return () => ends.forEach((end) => end());
};
