import { X509Certificate } from 'node:crypto';
import { ConnectionWatch } from '@evenkeel/bus';
import type { Clock } from '@evenkeel/kernel';
import { gauge, observeNats, type Observed } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ClusterView } from '../book/cluster-view.ts';

/** What the gateway is made of, as far as an observer needs it. */
export type Seen = {
  readonly connection: NatsConnection;
  readonly view: ClusterView;
  /** PEM. */
  readonly certificate: string;
  readonly clock: Clock;
};

/** Metrics and health of a gateway; of the nodes as well, because it hears them all. Returns how to end them. */
export const observeGateway = (observed: Observed, seen: Seen): (() => void) => {
  const { connection, view, clock } = seen;
  const expiresAtMs = new X509Certificate(seen.certificate).validToDate.getTime();
  const without = 'reads are answered from what is known, writes with 503';
  const ends = [
    observeNats(
      observed,
      { process: 'gateway', neededTo: 'degraded', without },
      (onNews) => new ConnectionWatch(connection, onNews),
    ),
    gauge('nodeRevision', (observe) => {
      if (!view.isReady()) return;
      const head = view.cluster().revision;
      for (const [node, { report }] of view.fleet()) {
        observe({ node, kind: 'head' }, head);
        observe({ node, kind: 'seen' }, report.observed);
      }
    }),
    gauge('nodeReportAge', (observe) => {
      for (const [node, { heardAtMs }] of view.fleet()) observe({ node }, (clock.monotonicMs() - heardAtMs) / 1_000);
    }),
    gauge('certificateExpiry', (observe) => observe({}, (expiresAtMs - clock.nowMs()) / 1_000)),
    observed.health.add({
      name: 'gateway book',
      neededTo: 'start',
      whatIsWrong: () => (view.isReady() ? undefined : 'not read yet'),
    }),
  ];
  return () => ends.forEach((end) => end());
};
