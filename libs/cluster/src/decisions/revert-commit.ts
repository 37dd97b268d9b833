import type { ClusterEvent } from '@evenkeel/contracts';
import { accept, refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { inverseOf } from '../revert/inverse.ts';
import { endStateRefused } from '../rules/end-state.ts';
import { imagine } from '../state/imagine.ts';
import { summaryOf } from '../summary.ts';
import { touchedServices } from '../touched-services.ts';

const nowhere = (): string => '';

/**
 * Takes back what one commit did and leaves everything else as it is; a commit whose effect is gone already needs none.
 * What comes again has its old id and number, so that clients find their server by cookie and table. The commit that
 * does it can be reverted too, which does the first one again.
 */
export const revertCommit: Decide<'RevertCommit'> = (cluster, wish, context) => {
  const { history } = context;
  const { revision } = wish;
  if (history === undefined) return refuse({ kind: 'unknown-revision', revision, head: cluster.revision });
  const inverse = inverseOf(cluster, history, context.nowMs);
  if (!inverse.ok) return inverse;
  if (inverse.value.length === 0) return decided();
  const events: readonly ClusterEvent[] = [{ kind: 'CommitReverted', revision }, ...inverse.value];
  const after = imagine(cluster, events);
  const touched = touchedServices(cluster, events);
  const refusal = endStateRefused({ before: cluster, after, touched, at: nowhere, memberAt: nowhere }, wish, context);
  return refusal === undefined ? accept({ events, summary: summaryOf(cluster, after, events) }) : refuse(refusal);
};
