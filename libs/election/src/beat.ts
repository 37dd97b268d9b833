import type { NodeName } from '@evenkeel/contracts';
import type { Action } from './action.ts';
import { deadMsOf, hasGateway } from './evidence.ts';
import { grantsTo } from './grant.ts';
import type { Heartbeat, SaidRole } from './heartbeat.ts';
import { type Outcome } from './outcome.ts';
import { askedEpoch, canServe, isCalled, wants } from './standing.ts';
import { type ElectionState, type Peer, withPeer } from './state.ts';

/** Older ones are not looked for: an answer to them would prove nothing any more. */
const sentKept = 32;

const saidRole = (state: ElectionState, now: number): SaidRole => {
  const { kind } = state.role;
  if (kind === 'active' || kind === 'muting') return 'active'; // until the kernel has said that it is mute
  if (kind !== 'standby') return 'candidate';
  return state.settings.others.length > 0 && wants(state, now) ? 'candidate' : 'standby';
};

/** The heartbeats that are due. A change of role is told at once. */
export const beat = (before: ElectionState, now: number): Outcome => {
  const said = saidRole(before, now);
  const isNews = said !== before.saidRole;
  let state: ElectionState = { ...(isNews && said === 'standby' ? withoutConsents(before) : before), saidRole: said };
  const actions: Action[] = [];
  for (const [name, peer] of state.peers) {
    if (!isNews && now < peer.dueAt) continue;
    const heartbeat = heartbeatTo(state, name, peer, said, now);
    actions.push({ kind: 'send', to: name, heartbeat });
    state = afterSending(state, name, peer, heartbeat, now);
  }
  return { state, actions };
};

/** Whoever hears that this node does not ask any more may let another one serve: what was consented to is gone, and what still comes. */
const withoutConsents = (state: ElectionState): ElectionState => ({
  ...state,
  peers: new Map([...state.peers].map(([name, peer]) => [name, { ...peer, consent: undefined, sent: [] }])),
});

const heartbeatTo = (state: ElectionState, name: NodeName, peer: Peer, role: SaidRole, now: number): Heartbeat => {
  const { node, boot, rank, times } = state.settings;
  const heard = peer.heard?.heartbeat;
  return {
    node,
    boot,
    sequence: state.sequence,
    role,
    epoch: role === 'standby' ? state.epoch : askedEpoch(state),
    rank,
    hasGateway: hasGateway(state, now),
    canServe: canServe(state, now),
    selfMs: times.selfMs,
    echo: heard === undefined ? undefined : { boot: heard.boot, sequence: heard.sequence },
    grants: grantsTo(state, name, now),
    calls: callIn(state, now),
    isLast: false,
  };
};

const callIn = (state: ElectionState, now: number): Heartbeat['calls'] => {
  if (!isCalled(state, now) || state.role.kind === 'active') return 'no';
  return state.called?.force === true ? 'force' : 'asks';
};

const afterSending = (
  state: ElectionState,
  name: NodeName,
  { sent, heard }: Peer,
  heartbeat: Heartbeat,
  now: number,
): ElectionState => {
  const asksEpoch = heartbeat.role === 'standby' ? undefined : heartbeat.epoch;
  const remembered = [...sent.slice(1 - sentKept), { sequence: heartbeat.sequence, at: now, asksEpoch }];
  const next = withPeer(state, name, { sent: remembered, dueAt: now + state.settings.times.heartbeatMs });
  const isBinding = heartbeat.grants && heard !== undefined;
  const promised = isBinding ? { to: name, until: heard.at + deadMsOf(state), isTold: true } : state.promised;
  return { ...next, sequence: state.sequence + 1, promised };
};
