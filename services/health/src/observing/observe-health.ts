import { ConnectionWatch } from '@evenkeel/bus';
import type { Cluster } from '@evenkeel/cluster';
import type { RealServerId, VerdictState } from '@evenkeel/contracts';
import { serverName, serviceName } from '@evenkeel/data-plane';
import { gauge, observeNats, type Observed } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';

/** What `health` is made of, as far as an observer needs it. */
export type Seen = {
  readonly connection: NatsConnection;
  readonly cluster: () => Cluster | undefined;
  readonly stateOf: (id: RealServerId) => VerdictState | undefined;
};

/** Metrics and health of a checker. Returns how to end them. */
export const observeHealth = (observed: Observed, { connection, cluster, stateOf }: Seen): (() => void) => {
  const without = 'verdicts wait here';
  const ends = [
    observeNats(
      observed,
      { process: 'health', neededTo: 'ready', without },
      (onNews) => new ConnectionWatch(connection, onNews),
    ),
    gauge('verdict', (observe) => {
      for (const { id, number, virtualServiceId, intent } of cluster()?.realServers.values() ?? []) {
        const [service, state] = [cluster()?.virtualServices.get(virtualServiceId), stateOf(id)];
        if (service === undefined || state === undefined || state === 'unknown') continue;
        const [proxy, server] = [serviceName(service.number), serverName(number)];
        observe({ proxy, server, service: service.spec.label, intent: intent.intent }, Number(state === 'up'));
      }
    }),
    observed.health.add({
      name: 'health book',
      neededTo: 'start',
      whatIsWrong: () => (cluster() === undefined ? 'not read yet' : undefined),
    }),
  ];
  return () => ends.forEach((end) => end());
};
