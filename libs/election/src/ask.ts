import type { Action } from './action.ts';
import { consentedAt, gatewayAt, holdsGateway, sawGateway } from './evidence.ts';
import { type Outcome } from './outcome.ts';
import { isWilling } from './standing.ts';
import type { ElectionState } from './state.ts';

/** A heartbeat that is so much of its interval late is missing. */
const lateness = 1.2;

/** The questions to the network that are due. */
export const ask = (state: ElectionState, now: number): Outcome => {
  const probed = probe(state, now);
  const pinged = ping(probed.state, now);
  return { state: pinged.state, actions: [...pinged.actions, ...probed.actions] };
};

const ping = (state: ElectionState, now: number): Outcome => {
  const { settings, gateway } = state;
  if (settings.pingNodes.length === 0 || now - gateway.pingedAt < pingPauseMs(state, now))
    return { state, actions: [] };
  return {
    state: { ...state, gateway: { ...gateway, pingedAt: now } },
    actions: [{ kind: 'ping', sentAt: now }],
  };
};

/**
 * The standby of a pair has to prove that it was in the segment for all of the other one's silence, so it asks all the time; an
 * active asks quickly when nobody has consented lately, or the gateway did not answer. For everybody else it is a thing to know.
 */
const pingPauseMs = (state: ElectionState, now: number): number => {
  const { settings } = state;
  const { heartbeatMs, calmPingMs, answerMs } = settings.times;
  if (settings.others.length !== 1 || isCalm(state, now)) return calmPingMs;
  return hasLostAnswers(state, now) ? answerMs : heartbeatMs;
};

const isCalm = (state: ElectionState, now: number): boolean => {
  const { role, settings } = state;
  if (role.kind !== 'active' || !sawGateway(state, now)) return false;
  const consented = consentedAt(state, role.epoch);
  return consented !== undefined && now - consented < lateness * settings.times.heartbeatMs;
};

/**
 * An answer by ARP does not say what it answers, so it is taken for one to the oldest question that may still be answered. After
 * a few lost ones every proof would be too old to count, for ever. Whoever holds none any more asks one question at a time.
 */
const hasLostAnswers = (state: ElectionState, now: number): boolean =>
  !holdsGateway(state, now) && gatewayAt(state) !== state.gateway.pingedAt;

/** Is somebody serving? Asked while nobody else was heard. */
const probe = (state: ElectionState, now: number): Outcome => {
  const { role, probe: last, settings, noiseAt } = state;
  const { heartbeatMs } = settings.times;
  const isInDoubt = settings.others.length === 0 || now - noiseAt >= lateness * heartbeatMs;
  const isDue = now - last.sentAt >= heartbeatMs;
  const mayServe = ['standby', 'arming', 'claiming'].includes(role.kind) && isWilling(state, now);
  if (!isInDoubt || !isDue || !mayServe) return { state, actions: [] };
  // Nobody has asked before the first probe of a silence: it counts from one heartbeat before it.
  const isFirst = now - last.sentAt >= 2 * heartbeatMs;
  const heardUntil = isFirst ? Math.max(noiseAt, now - heartbeatMs) : noiseAt;
  const actions: Action[] = [{ kind: 'probe' }];
  return { state: { ...state, noiseAt: heardUntil, probe: { ...last, sentAt: now } }, actions };
};
