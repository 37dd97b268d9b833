import { X509Certificate } from 'node:crypto';
import { ConnectionWatch } from '@evenkeel/bus';
import { type NodeReport, noRevision, type Revision } from '@evenkeel/contracts';
import { type ConvergenceTime, ConvergenceTimes } from '@evenkeel/data-plane';
import type { Clock } from '@evenkeel/kernel';
import { durations, gauge, observeNats, type Observed } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ClusterView } from '../book/cluster-view.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { ToldFeed } from '../events/told-feed.ts';
import { observeTroubles } from './observe-troubles.ts';

/** What the gateway is made of, as far as an observer needs it. */
export type Seen = {
  readonly connection: NatsConnection;
  readonly view: ClusterView;
  readonly feed: ToldFeed;
  readonly hub: EventHub;
  /** PEM. */
  readonly certificate: string;
  readonly clock: Clock;
};

/** Metrics and health of a gateway; of the nodes as well, because it hears them all. Returns how to end them. */
export const observeGateway = (observed: Observed, seen: Seen): (() => void) => {
  const { connection, view, clock } = seen;
  const expiresAtMs = new X509Certificate(seen.certificate).validToDate.getTime();
  const times = timed(seen);
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
    times.stop,
    observeTroubles(view),
    gauge('nodeLag', (observe) => {
      for (const [node, { report }] of view.fleet()) observe({ node }, times.lagSeconds(report.observed));
    }),
    gauge('sseClients', (observe) => observe({}, seen.hub.size)),
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

/** How long commits take until nodes run them. A stream that is written again tells commits again: they were counted. */
const timed = ({ view, feed, clock }: Seen) => {
  const times = new ConvergenceTimes();
  const took = durations('nodeConvergence');
  const tell = (told: readonly ConvergenceTime[]): void => told.forEach(({ node, ms }) => took({ node }, ms));
  let newest = noRevision;
  feed.tell(({ commit: { revision, time } }) => {
    if (revision <= newest) return;
    newest = revision;
    tell(times.committed(revision, Date.parse(time)));
  });
  const report = ({ node, observed }: NodeReport): void => tell(times.seen(node, observed, clock.nowMs()));
  return {
    stop: view.watch({ report }),
    lagSeconds: (observed: Revision) => times.lagMs(observed, clock.nowMs()) / 1_000,
  };
};
