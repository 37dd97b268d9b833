import type { NodeName } from '@evenkeel/contracts';
import type { Action } from '../action.ts';
import type { ElectionEvent } from '../event.ts';
import { activeOther, hasGateway, hasLostGateway, liveOthers, provenAt, reachesNats } from '../evidence.ts';
import type { LeaveReason } from '../news.ts';
import { bestOther } from '../order.ts';
import { outcome, type Outcome } from '../outcome.ts';
import type { ElectionState, Role } from '../state.ts';

type Active = Extract<Role, { kind: 'active' }>;
type Leave = { readonly why: LeaveReason; readonly to?: NodeName };

/** Serves while it can prove that nobody else does, and hands over when somebody else should. */
export const onActive = (state: ElectionState, role: Active, event: ElectionEvent, now: number): Outcome => {
  const leave = reasonToLeave(state, role, event, now);
  if (leave !== undefined) return leaving(state, role, leave);
  const told = event.kind === 'extended' ? extended(role, now) : role;
  const extending = extension(state, told, now);
  const renewing = renewal(state, told, now);
  return outcome(
    {
      ...state,
      role: extending === undefined ? told : { ...told, extendingMs: extending.forMs },
      leaseAskedAt: renewing === undefined ? state.leaseAskedAt : now,
    },
    ...[extending, renewing].filter((action) => action !== undefined),
  );
};

/** The kernel does not say when it was told; it was before it answered. */
const extended = (role: Active, now: number): Active =>
  role.extendingMs === undefined ? role : { ...role, servesUntil: now + role.extendingMs, extendingMs: undefined };

const reasonToLeave = (state: ElectionState, role: Active, event: ElectionEvent, now: number): Leave | undefined => {
  if (event.kind === 'extended' && !event.isDone) return { why: 'kernel-refused' };
  if (now >= role.servesUntil) return { why: 'no-proof' };
  const other = activeOther(state, now);
  if (other !== undefined && isAhead(other, { node: state.settings.node, epoch: role.epoch }))
    return { why: 'outranked' };
  if (hasLostLease(state, role, now)) return { why: 'lease-lost' };
  return handover(state, now);
};

const isAhead = (one: { node: NodeName; epoch: number }, other: { node: NodeName; epoch: number }): boolean =>
  one.epoch === other.epoch ? one.node > other.node : one.epoch > other.epoch;

const hasLostLease = (state: ElectionState, { epoch }: Active, now: number): boolean => {
  const { holder, epoch: leased } = state.lease;
  return holder !== undefined && holder.node !== state.settings.node && leased > epoch && reachesNats(state, now);
};

/** Somebody else lives who should serve, and can. */
const handover = (state: ElectionState, now: number): Leave | undefined => {
  const ownGateway = hasGateway(state, now);
  const caller = liveOthers(state, now).find(
    ({ calls, canServe, hasGateway: has }) =>
      calls === 'force' || (calls === 'asks' && canServe && (has || !ownGateway)),
  );
  if (caller !== undefined) return { why: 'called', to: caller.node };
  const best = bestOther(state, now);
  if (best === undefined) return undefined;
  if (state.inMaintenance && (best.hasGateway || !ownGateway)) return { why: 'maintenance', to: best.node };
  return hasLostGateway(state, now) && best.hasGateway ? { why: 'gateway-lost', to: best.node } : undefined;
};

const leaving = (state: ElectionState, { epoch, servesUntil, extendingMs = 0 }: Active, { why, to }: Leave): Outcome =>
  outcome(
    { ...state, role: { kind: 'muting', epoch, servesUntil: servesUntil + extendingMs, why, to } },
    { kind: 'mute' },
  );

/**
 * The kernel goes on for as long as the newest proof allows, however late it is told: at the latest just before its own time is
 * up, which is why that time counts here and not this moment.
 */
const extension = (
  state: ElectionState,
  { epoch, servesUntil, extendingMs }: Active,
  now: number,
): Extract<Action, { kind: 'extend' }> | undefined => {
  const { selfMs, heartbeatMs } = state.settings.times;
  const proven = provenAt(state, epoch, now);
  if (extendingMs !== undefined || proven === undefined || now - proven >= selfMs) return undefined;
  const forMs = Math.floor(Math.min(selfMs, proven + 2 * selfMs - servesUntil));
  return now + forMs - servesUntil > heartbeatMs / 4 ? { kind: 'extend', forMs } : undefined;
};

const renewal = (state: ElectionState, { epoch }: Active, now: number): Action | undefined => {
  const { settings, lease, leaseAskedAt, attempt } = state;
  if (!reachesNats(state, now) || now - leaseAskedAt < settings.times.leaseRenewMs) return undefined;
  const { node, boot } = settings;
  return { kind: 'claim', attempt, lease: { revision: lease.revision, holder: { node, boot }, epoch } };
};
