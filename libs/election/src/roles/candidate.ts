import type { ElectionEvent } from '../event.ts';
import { reachesNats } from '../evidence.ts';
import type { News } from '../news.ts';
import { outcome, type Outcome } from '../outcome.ts';
import { rightToTake } from '../standing.ts';
import type { ElectionState, Right, Role } from '../state.ts';

type Of<Kind extends Role['kind']> = Extract<Role, { kind: Kind }>;

/** The kernel's ticket is there: what is decided now is done before it ends, or not at all. */
export const onArming = (state: ElectionState, role: Of<'arming'>, event: ElectionEvent, now: number): Outcome => {
  if (event.kind !== 'armed' || event.attempt !== role.attempt) return outcome(state);
  const right = rightToTake(state, role.epoch, now);
  if (!event.isDone || right === undefined) return standDown(state, 'no-right', now);
  const ticketUntil = now + state.settings.times.ticketMs;
  if (!reachesNats(state, now)) return activate(state, role, ticketUntil, right, now);
  const { node, boot } = state.settings;
  const lease = { revision: state.lease.revision, holder: { node, boot }, epoch: role.epoch };
  return outcome(
    { ...state, leaseAskedAt: now, role: { ...role, kind: 'claiming', since: now, ticketUntil } },
    { kind: 'claim', attempt: role.attempt, lease },
  );
};

/** NATS may say that somebody else was first. It is not waited for: it may be away just because that one is. */
export const onClaiming = (state: ElectionState, role: Of<'claiming'>, event: ElectionEvent, now: number): Outcome => {
  const isAnswer = event.kind === 'lease-answered' && event.attempt === role.attempt;
  if (isAnswer && !event.isTaken) return standDown(state, 'lease-conflict', now);
  if (!isAnswer && now - role.since < state.settings.times.leasePatienceMs) return outcome(state);
  const right = rightToTake(state, role.epoch, now);
  if (right === undefined) return standDown(state, 'no-right', now);
  return activate(state, role, role.ticketUntil, right, now);
};

/** For as long as the proof allows: it may be told so only just before the ticket ends. */
const activate = (
  state: ElectionState,
  { attempt, epoch }: Of<'arming'> | Of<'claiming'>,
  ticketUntil: number,
  right: Right,
  now: number,
): Outcome => {
  const { others, times } = state.settings;
  const proven = Math.min(times.selfMs, right.provenAt + 2 * times.selfMs - ticketUntil);
  if (now >= ticketUntil || proven <= times.heartbeatMs) return standDown(state, 'ticket-ended', now);
  const forMs = others.length === 0 ? undefined : proven;
  return outcome(
    { ...state, role: { kind: 'activating', attempt, epoch, forMs, right } },
    { kind: 'activate', attempt, epoch, forMs },
  );
};

export const onActivating = (
  state: ElectionState,
  { attempt, epoch, forMs, right }: Of<'activating'>,
  event: ElectionEvent,
  now: number,
): Outcome => {
  if (event.kind !== 'activated' || event.attempt !== attempt) return outcome(state);
  if (!event.isDone) return standDown(state, 'ticket-ended', now);
  const servesUntil = forMs === undefined ? Number.POSITIVE_INFINITY : now + forMs;
  return outcome(
    { ...state, called: undefined, role: { kind: 'active', epoch, servesUntil, extendingMs: undefined } },
    { kind: 'announce' },
    { kind: 'tell', news: { kind: 'took-over', epoch, why: right.why, silentMs: right.silentMs } },
  );
};

const standDown = (state: ElectionState, why: Extract<News, { kind: 'stood-down' }>['why'], now: number): Outcome =>
  outcome(
    {
      ...state,
      role: { kind: 'standby' },
      standsAfter: Math.max(state.standsAfter, now + state.settings.times.heartbeatMs),
    },
    { kind: 'mute' },
    { kind: 'tell', news: { kind: 'stood-down', why } },
  );
