import type { ClusterEvent, ClusterRefusal } from '@evenkeel/contracts';

/** What taking back one thing needs, or why it cannot be taken back. */
export type Step =
  | { readonly kind: 'events'; readonly events: readonly ClusterEvent[] }
  | {
      readonly kind: 'changed-since';
      readonly entity: string;
      readonly label: string;
      readonly fields: readonly string[];
    }
  | { readonly kind: 'refused'; readonly refusal: ClusterRefusal };

export const events = (...facts: readonly ClusterEvent[]): Step => ({ kind: 'events', events: facts });

export const changedSince = (entity: string, label: string, fields: readonly string[]): Step => ({
  kind: 'changed-since',
  entity,
  label,
  fields,
});
