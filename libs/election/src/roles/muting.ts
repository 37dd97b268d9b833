import type { Action } from '../action.ts';
import type { ElectionEvent } from '../event.ts';
import { deadMsOf, reachesNats } from '../evidence.ts';
import { outcome, type Outcome } from '../outcome.ts';
import type { ElectionState, Role } from '../state.ts';

/** The kernel first, then the others, then the lease. */
export const onMuting = (
  state: ElectionState,
  { epoch, servesUntil, why, to }: Extract<Role, { kind: 'muting' }>,
  event: ElectionEvent,
  now: number,
): Outcome => {
  if (event.kind !== 'muted' && now < servesUntil) return outcome(state);
  const until = now + deadMsOf(state);
  return outcome(
    {
      ...state,
      role: { kind: 'standby' },
      // Whoever it goes to may serve from now on, and this node is not to take it back meanwhile.
      promised: to === undefined ? state.promised : { to, until, isTold: false },
      noiseAt: now,
    },
    { kind: 'tell', news: { kind: 'let-go', epoch, why, to } },
    ...givingBack(state, epoch, now),
  );
};

const givingBack = (state: ElectionState, epoch: number, now: number): readonly Action[] => {
  const { lease, settings, attempt } = state;
  if (lease.holder?.node !== settings.node || !reachesNats(state, now)) return [];
  return [{ kind: 'claim', attempt, lease: { revision: lease.revision, holder: undefined, epoch } }];
};
