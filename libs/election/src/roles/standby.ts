import { activeOther, hasGateway } from '../evidence.ts';
import { outranks } from '../order.ts';
import { inTurn, outcome, type Outcome } from '../outcome.ts';
import { canServe, rightToTake } from '../standing.ts';
import type { ElectionState } from '../state.ts';

/** Listens, and asks the kernel for a ticket when the addresses are its to take. */
export const onStandby = (state: ElectionState, now: number): Outcome =>
  inTurn(calledBack(state, now), tellWhoAnswers, (told) => standUp(told, now));

/** Nobody but this node is configured, and yet somebody answers for its addresses. */
const tellWhoAnswers = (state: ElectionState): Outcome => {
  const { probe, settings } = state;
  const by = probe.answeredBy;
  if (settings.others.length > 0 || by === undefined || by === probe.told) return outcome(state);
  return outcome({ ...state, probe: { ...probe, told: by } }, { kind: 'tell', news: { kind: 'address-in-use', by } });
};

const standUp = (state: ElectionState, now: number): Outcome => {
  const epoch = state.epoch + 1;
  if (rightToTake(state, epoch, now) === undefined) return outcome(state);
  const attempt = state.attempt + 1;
  // Nobody may serve under this epoch again, not even this node after it was killed here.
  return outcome(
    { ...state, attempt, epoch, role: { kind: 'arming', attempt, epoch } },
    { kind: 'store', epoch },
    { kind: 'arm', attempt, forMs: state.settings.times.ticketMs },
  );
};

/** Where that is wanted, a node that is preferred to the one that serves takes over from it after a time. */
const calledBack = (state: ElectionState, now: number): ElectionState => {
  const { settings, called } = state;
  const active = activeOther(state, now);
  const isPreferred = active !== undefined && outranks(settings, active);
  if (settings.failbackAfterMs === undefined || !isPreferred || !canServe(state, now) || !hasGateway(state, now)) {
    return { ...state, preferredSince: undefined };
  }
  const since = state.preferredSince ?? now;
  const isTime = now - since >= settings.failbackAfterMs && called === undefined;
  const call = { until: now + 4 * settings.times.deadMs, force: false };
  return { ...state, preferredSince: since, ...(isTime ? { called: call } : {}) };
};
