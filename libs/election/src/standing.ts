import { activeOther, consentedAt, deadMsOf, gatewayAt, holdsGateway, isVetoed, liveOthers } from './evidence.ts';
import { isFirst } from './order.ts';
import type { ElectionState, Right } from './state.ts';

/** It would serve if nobody else did. */
export const canServe = ({ standsAfter, inMaintenance, isReady }: ElectionState, now: number): boolean =>
  now >= standsAfter && !inMaintenance && isReady;

export const isCalled = ({ called }: ElectionState, now: number): boolean => called !== undefined && now < called.until;

/** It could serve, or is forced to. */
export const isWilling = (state: ElectionState, now: number): boolean =>
  canServe(state, now) || (state.called?.force === true && isCalled(state, now));

/** It has promised to let another node serve, or to let nobody. */
export const isBound = ({ promised }: ElectionState, now: number): boolean => now < promised.until;

/** This node is the one that should take the addresses, as far as it knows; whether it may is another question. */
export const wants = (state: ElectionState, now: number): boolean => {
  if (!isWilling(state, now) || isBound(state, now) || activeOther(state, now) !== undefined) return false;
  return isCalled(state, now) || isFirst(state, now);
};

/** Under which epoch it asks to serve. */
export const askedEpoch = ({ role, epoch }: ElectionState): number => ('epoch' in role ? role.epoch : epoch + 1);

/** What lets this node take the addresses under `epoch` now; undefined: nothing does. */
export const rightToTake = (state: ElectionState, epoch: number, now: number): Right | undefined => {
  if (!wants(state, now) || epoch < state.epoch) return undefined;
  const { others } = state.settings;
  if (others.length === 0) return bySilenceAlone(state, now);
  const consented = byConsent(state, epoch, now);
  if (consented !== undefined || others.length > 1) return consented;
  return bySilence(state, now);
};

/** The others live, and let it: no longer ago than it may take to do so. */
const byConsent = (state: ElectionState, epoch: number, now: number): Right | undefined => {
  const { others, times } = state.settings;
  const provenAt = consentedAt(state, epoch);
  if (provenAt === undefined || now - provenAt >= times.ticketMs) return undefined;
  return { why: others.length === 1 ? 'consent' : 'majority', provenAt, silentMs: undefined };
};

/** Whom nobody asks is silent too. */
const isProbing = ({ probe, settings }: ElectionState, now: number): boolean =>
  now - probe.sentAt < 2 * settings.times.heartbeatMs;

/** A pair whose other half is gone. The gateway tells that it is not this one that is cut off. */
const bySilence = (state: ElectionState, now: number): Right | undefined => {
  const silentMs = now - state.noiseAt;
  const provenAt = gatewayAt(state);
  if (silentMs < deadMsOf(state) || provenAt === undefined || !holdsGateway(state, now)) return undefined;
  if (!isProbing(state, now) || liveOthers(state, now).length > 0 || isVetoed(state, now)) return undefined;
  return { why: 'silence', provenAt, silentMs };
};

/** Nobody else is configured, and nobody answers for the addresses. */
const bySilenceAlone = (state: ElectionState, now: number): Right | undefined => {
  const silentMs = now - state.noiseAt;
  if (silentMs < state.settings.times.deadMs || !isProbing(state, now)) return undefined;
  return { why: 'alone', provenAt: now, silentMs };
};
