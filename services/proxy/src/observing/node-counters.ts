import type { NodeName } from '@evenkeel/contracts';
import { type Reload, reloadCauses, type SharingOutcome } from '@evenkeel/data-plane';
import { counter } from '@evenkeel/telemetry';

export type NodeCounters = {
  readonly reloaded: (reload: Reload) => void;
  readonly repaired: (count: number) => void;
  readonly journalLost: (count: number) => void;
  readonly clientsShared: (outcome: SharingOutcome, clients: number) => void;
  readonly clientsUnreadable: () => void;
};

/**
 * What alerts look at on a node. They begin at 0: Prometheus sees a counter grow only when it has seen it before, and the
 * first refusal is the one that matters.
 */
export const nodeCounters = (node: NodeName): NodeCounters => {
  const [reloads, repairs, lost] = [counter('reloadCount'), counter('nodeDrift'), counter('journalLost')];
  const [shared, unreadable] = [counter('clientsShared'), counter('clientsUnreadable')];
  for (const reason of reloadCauses) reloads({ result: 'rejected', reason }, 0);
  repairs({ node }, 0);
  lost({ node }, 0);
  unreadable({ node }, 0);
  return {
    reloaded: ({ result, cause }) => reloads({ result, reason: cause }),
    repaired: (count) => repairs({ node }, count),
    journalLost: (count) => lost({ node }, count),
    clientsShared: (outcome, clients) => shared({ node, outcome }, clients),
    clientsUnreadable: () => unreadable({ node }, 1),
  };
};
