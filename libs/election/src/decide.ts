import type { ElectionEvent } from './event.ts';
import type { Outcome } from './outcome.ts';
import { onActive } from './roles/active.ts';
import { onActivating, onArming, onClaiming } from './roles/candidate.ts';
import { onMuting } from './roles/muting.ts';
import { onStandby } from './roles/standby.ts';
import type { ElectionState } from './state.ts';

/** What a node does about the addresses after an event that it has taken in. */
export const decide = (state: ElectionState, event: ElectionEvent, now: number): Outcome => {
  const { role } = state;
  switch (role.kind) {
    case 'standby':
      return onStandby(state, now);
    case 'arming':
      return onArming(state, role, event, now);
    case 'claiming':
      return onClaiming(state, role, event, now);
    case 'activating':
      return onActivating(state, role, event, now);
    case 'active':
      return onActive(state, role, event, now);
    case 'muting':
      return onMuting(state, role, event, now);
  }
};
