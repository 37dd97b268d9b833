import type { NodeName, NodeRemoval } from '@evenkeel/contracts';
import { accept, refuse, type Result } from '@evenkeel/kernel';
import { type Fleet, presenceOf } from './fleet.ts';

export type ForgetRefusal =
  | { readonly kind: 'unknown-node'; readonly node: NodeName; readonly known: readonly NodeName[] }
  /** It would be a member again within a second. */
  | { readonly kind: 'node-is-live'; readonly node: NodeName };

/** What it means to forget a node. */
export type Forgetting = Pick<NodeRemoval, 'state' | 'droppedBy'>;

/**
 * Whether a node may be forgotten, at `nowMs` of the reader's own monotonic clock. `isMember`: the others share tables with it,
 * whether or not this reader has ever heard it.
 */
export const judgeForgetting = (
  node: NodeName,
  fleet: Fleet,
  isMember: boolean,
  nowMs: number,
): Result<Forgetting, ForgetRefusal> => {
  const heard = fleet.get(node);
  if (heard === undefined && !isMember)
    return refuse({ kind: 'unknown-node', node, known: [...fleet.keys()].toSorted() });
  const state = heard === undefined ? 'unheard' : presenceOf(heard, nowMs);
  if (state === 'live') return refuse({ kind: 'node-is-live', node });
  const sharing = [...fleet.values()].filter(
    (other) => presenceOf(other, nowMs) === 'live' && other.report.peers?.includes(node) === true,
  );
  return accept({ state, droppedBy: sharing.map(({ report }) => report.node).toSorted() });
};
