import type { Part } from './health/health-parts.ts';
import { gauge } from './metrics/instruments.ts';
import type { Observed } from './observed.ts';

type News = 'disconnect' | 'reconnect';

export type NatsUse = {
  readonly process: 'config' | 'gateway' | 'ha' | 'health' | 'proxy';
  readonly neededTo: Part['neededTo'];
  /** What is so while there is no connection, in words. */
  readonly without: string;
};

/**
 * Metric, health and a word each when the connection to NATS is lost and when it is back. `watch` gives the news of the
 * connection to its argument, and answers who knows whether it stands. Returns how to end.
 */
export const observeNats = (
  { log, health }: Observed,
  { process, neededTo, without }: NatsUse,
  watch: (onNews: (news: News) => void) => { isConnected(): boolean },
): (() => void) => {
  const connection = watch((news) => {
    if (news === 'disconnect') log.warn(`the connection to NATS is lost; ${without}`);
    else log.info('the connection to NATS is back');
  });
  const whatIsWrong = (): string | undefined => (connection.isConnected() ? undefined : `no connection; ${without}`);
  const ends = [
    gauge('natsConnected', (observe) => observe({ process }, Number(connection.isConnected()))),
    health.add({ name: `${process} nats`, neededTo, whatIsWrong }),
  ];
  return () => ends.forEach((end) => end());
};
