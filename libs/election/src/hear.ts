import { grantsTo } from './grant.ts';
import type { Heartbeat } from './heartbeat.ts';
import { type ElectionState, type Peer, withPeer } from './state.ts';

/** What a node knows after a heartbeat. Over several paths each comes more than once, and late: only what is newer counts. */
export const hear = (state: ElectionState, heartbeat: Heartbeat, now: number): ElectionState => {
  const { node } = heartbeat;
  const peer = state.peers.get(node);
  if (peer === undefined || !isNewer(heartbeat, peer)) return state;
  const heard: ElectionState = {
    ...withPeer(state, node, {
      heard: { heartbeat, at: now },
      consent: consentAfter(state, peer, heartbeat, now),
      closedBoot: heartbeat.isLast ? heartbeat.boot : peer.closedBoot,
    }),
    epoch: heartbeat.role === 'candidate' ? state.epoch : Math.max(state.epoch, heartbeat.epoch),
    noiseAt: isSignOfLife(state, heartbeat) ? now : state.noiseAt,
    promised: isReleased(state, heartbeat) ? { to: undefined, until: now, isTold: false } : state.promised,
  };
  // Whoever serves waits for this consent, and whoever asks as well.
  return grantsTo(heard, node, now) ? withPeer(heard, node, { dueAt: now }) : heard;
};

const isNewer = ({ boot, sequence }: Heartbeat, { heard, closedBoot }: Peer): boolean => {
  if (closedBoot !== undefined && boot <= closedBoot) return false;
  const last = heard?.heartbeat;
  return last === undefined || boot > last.boot || (boot === last.boot && sequence > last.sequence);
};

/** Of a pair it is the other one whose silence counts, whatever it does; of more, the one that serves. */
const isSignOfLife = ({ settings }: ElectionState, { role, isLast }: Heartbeat): boolean =>
  !isLast && (settings.others.length === 1 || role === 'active');

/** The node that this one has let serve says that it does not, or not any more: its kernel is mute. */
const isReleased = ({ promised }: ElectionState, { node, role, isLast }: Heartbeat): boolean =>
  promised.to === node && (isLast || (role === 'standby' && promised.isTold));

const consentAfter = (state: ElectionState, peer: Peer, heartbeat: Heartbeat, now: number): Peer['consent'] => {
  if (heartbeat.role !== 'standby') return undefined;
  const { echo, grants, isLast } = heartbeat;
  if (!grants || echo?.boot !== state.settings.boot) return peer.consent;
  const sent = peer.sent.find(({ sequence }) => sequence === echo.sequence);
  if (sent === undefined) return peer.consent;
  if (isLast) return isForThisNode(state, sent.at, now) ? { epoch: 'any', sentAt: now } : peer.consent;
  return sent.asksEpoch === undefined ? peer.consent : { epoch: sent.asksEpoch, sentAt: sent.at };
};

/**
 * A last word goes to all, so it is a vote only where there is nobody else to use it as well: in a pair. It does not age, but its
 * node may have started again since: a new start serves nobody before T_init.
 */
const isForThisNode = ({ settings: { others, times } }: ElectionState, sentAt: number, now: number): boolean =>
  others.length === 1 && now - sentAt < times.initMs - 2 * times.deadMs;
