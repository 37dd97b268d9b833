import { type Troubles, troublesIn } from '@evenkeel/cluster';
import { serviceName } from '@evenkeel/data-plane';
import { gauge } from '@evenkeel/telemetry';
import type { ClusterView } from '../book/cluster-view.ts';

/**
 * Services in panic, and checkers that disagree: whoever looks at clients or at verdicts alone sees neither. Told by the
 * gateway because it goes by the nodes' own checks too. Returns how to end it.
 */
export const observeTroubles = (view: ClusterView): (() => void) => {
  const each = (tell: (labels: { proxy: string; service: string }, troubles: Troubles) => void): void => {
    if (!view.isReady()) return;
    for (const one of troublesIn(view.cluster(), view.verdicts(), view.observed()))
      tell({ proxy: serviceName(one.service.number), service: one.service.spec.label }, one);
  };
  const ends = [
    gauge('panic', (observe) =>
      each((labels, { panic }) => {
        if (panic !== undefined) observe({ ...labels, then: panic.then }, Number(panic.isOn));
      }),
    ),
    gauge('votesSplit', (observe) =>
      each((labels, { split }) => {
        if (split !== undefined) observe(labels, split);
      }),
    ),
  ];
  return () => ends.forEach((end) => end());
};
