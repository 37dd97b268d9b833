import type { NodeName } from '@evenkeel/contracts';
import type { Heartbeat } from './heartbeat.ts';
import type { ElectionState } from './state.ts';

// What a node can prove at a moment of its own clock. A proof has an age: that of the question which was answered, not that of
// the answer, which may have been under way for long.

/** When the newest ping was sent that a majority of the ping nodes has answered; undefined without one. */
export const gatewayAt = ({ gateway, settings }: ElectionState): number | undefined => {
  const { pingNodes } = settings;
  const [only] = pingNodes;
  if (only !== undefined && pingNodes.length === 1) return gateway.answered.get(only); // the usual one, and asked all the time
  const answered = pingNodes.map((node) => gateway.answered.get(node) ?? Number.NEGATIVE_INFINITY);
  const majority = answered.toSorted((one, other) => other - one)[Math.floor(pingNodes.length / 2)];
  return majority === undefined || majority === Number.NEGATIVE_INFINITY ? undefined : majority;
};

/** Proven now: what counts for a decision. */
export const holdsGateway = (state: ElectionState, now: number): boolean => {
  const at = gatewayAt(state);
  return at !== undefined && now - at < state.settings.times.selfMs;
};

/** Answered lately: a calm node asks only now and then, and one lost answer is no loss. */
export const sawGateway = (state: ElectionState, now: number): boolean => {
  const at = gatewayAt(state);
  const { calmPingMs, selfMs } = state.settings.times;
  return at !== undefined && now - at < calmPingMs + selfMs;
};

/**
 * Not doubted: what a node says of itself. Only when it has answered for some time, so that a gateway that comes back for all
 * does not seem to be back for the one that happened to ask first.
 */
export const hasGateway = (state: ElectionState, now: number): boolean =>
  sawGateway(state, now) && now - state.gateway.since >= 5 * state.settings.times.heartbeatMs;

/**
 * Gone for so long that every node that lost it at the same moment has said so: a calm one may have asked just before, or
 * nearly a whole pause before. A gateway that is gone for all is no reason to hand over.
 */
export const hasLostGateway = (state: ElectionState, now: number): boolean => {
  const at = gatewayAt(state);
  const { calmPingMs, selfMs, heartbeatMs } = state.settings.times;
  return at === undefined || now - at >= 2 * calmPingMs + selfMs + heartbeatMs;
};

/** When the heartbeat was sent that this peer's newest consent to `epoch` answers. */
const consentAt = (state: ElectionState, name: NodeName, epoch: number): number | undefined => {
  const consent = state.peers.get(name)?.consent;
  return consent?.epoch === epoch || consent?.epoch === 'any' ? consent.sentAt : undefined;
};

/** How many votes make a majority of all nodes. */
const majorityOf = ({ settings }: ElectionState): number => Math.floor((settings.others.length + 1) / 2) + 1;

/** Since when a majority has consented to `epoch`; of a pair that is the other node. */
export const consentedAt = (state: ElectionState, epoch: number): number | undefined => {
  const [only] = state.settings.others;
  if (only !== undefined && state.settings.others.length === 1) return consentAt(state, only.node, epoch);
  const consents = state.settings.others.flatMap(({ node }) => consentAt(state, node, epoch) ?? []);
  const needed = majorityOf(state) - 1; // its own is always there
  return consents.toSorted((one, other) => other - one)[needed - 1];
};

/** The newest proof that this node may go on to serve under `epoch`; undefined: none. Alone it needs none. */
export const provenAt = (state: ElectionState, epoch: number, now: number): number | undefined => {
  const { others } = state.settings;
  if (others.length === 0) return now;
  const consented = consentedAt(state, epoch);
  if (others.length > 1) return consented;
  const proofs = [consented, gatewayAt(state)].filter((at) => at !== undefined);
  return proofs.length === 0 ? undefined : Math.max(...proofs);
};

/** Longer than any node of the group may serve without having been heard. */
export const deadMsOf = ({ peers, settings: { times } }: ElectionState): number => {
  let longest = times.selfMs;
  for (const { heard } of peers.values()) longest = Math.max(longest, heard?.heartbeat.selfMs ?? 0);
  return (times.deadMs * longest) / times.selfMs;
};

/** The newest heartbeat of every other node that was heard within T_dead. */
export const liveOthers = (state: ElectionState, now: number): readonly Heartbeat[] => {
  const deadMs = deadMsOf(state);
  const live: Heartbeat[] = [];
  for (const { heard, closedBoot } of state.peers.values()) {
    if (heard !== undefined && now - heard.at < deadMs && heard.heartbeat.boot !== closedBoot)
      live.push(heard.heartbeat);
  }
  return live;
};

export const activeOther = (state: ElectionState, now: number): Heartbeat | undefined =>
  liveOthers(state, now).find(({ role }) => role === 'active');

/** NATS was heard of lately. */
export const reachesNats = ({ natsAt, settings }: ElectionState, now: number): boolean =>
  now - natsAt < settings.times.natsMs;

/** Another node has renewed the lease lately, as far as NATS says. */
export const isVetoed = (state: ElectionState, now: number): boolean => {
  const { lease, leaseChangedAt, settings } = state;
  if (lease.holder === undefined || lease.holder.node === settings.node) return false;
  return reachesNats(state, now) && now - leaseChangedAt < settings.times.leaseMs;
};
