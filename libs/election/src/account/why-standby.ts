import { activeOther, consentedAt, deadMsOf, holdsGateway, isVetoed, liveOthers } from '../evidence.ts';
import { isFirst } from '../order.ts';
import { askedEpoch, isBound, isCalled } from '../standing.ts';
import type { ElectionState } from '../state.ts';

/** Why this node does not answer for the addresses: what keeps it, and who serves or what is missed. */
export const whyStandby = (state: ElectionState, now: number): string =>
  [...keptBy(state, now), awaited(state, now)].join('; ');

const keptBy = ({ inMaintenance, isReady, standsAfter, settings, role }: ElectionState, now: number): string[] => [
  ...(inMaintenance ? ['this node is in maintenance'] : []),
  ...(isReady ? [] : ['this node has not read the configuration as far as the others']),
  ...(now >= standsAfter || role.kind !== 'standby'
    ? []
    : [`this node listens before it stands, for ${Math.ceil(standsAfter - now)} ms more`]),
  ...(settings.pingNodes.length === 0 && settings.others.length === 1
    ? ['no gateway is configured that could say that this node is not cut off, so it never takes over by silence']
    : []),
];

const awaited = (state: ElectionState, now: number): string => {
  const { role, settings } = state;
  if (role.kind !== 'standby') return `it is about to take the addresses (epoch ${askedEpoch(state)})`;
  const active = activeOther(state, now);
  if (active !== undefined) return `${active.node} serves the addresses (epoch ${active.epoch})`;
  if (settings.others.length === 0) return aloneWaits(state);
  const live = liveOthers(state, now);
  if (isBound(state, now)) return boundTo(state);
  if (!isCalled(state, now) && !isFirst(state, now)) {
    const names = live.filter(({ canServe }) => canServe).map(({ node }) => node);
    return `nobody is heard to serve, and ${names.join(', ')} is to go first`;
  }
  if (consentedAt(state, askedEpoch(state)) !== undefined) return 'the others have consented';
  if (settings.others.length > 1) return 'nobody is heard to serve, and no majority of the nodes has consented';
  return live.length > 0 ? `it has asked ${settings.others[0]?.node} whether it may serve` : bySilence(state, now);
};

const boundTo = ({ promised }: ElectionState): string =>
  promised.to === undefined
    ? 'it waits until nobody can rely any more on what it may have said before it started'
    : `it has let ${promised.to} serve, and waits for it`;

const aloneWaits = ({ probe }: ElectionState): string =>
  probe.answeredBy === undefined
    ? 'it looks whether another machine answers for the addresses'
    : `another machine (${probe.answeredBy}) answers for the addresses`;

/** The other half of a pair is not heard. */
const bySilence = (state: ElectionState, now: number): string => {
  const other = state.settings.others[0]?.node;
  if (!holdsGateway(state, now)) return `${other} is not heard, and no gateway answers here: this node may be cut off`;
  if (isVetoed(state, now)) return `${other} is not heard, and renews the lease all the same`;
  const silentMs = Math.round(now - state.noiseAt);
  return `${other} is not heard; this node takes over after ${deadMsOf(state)} ms of silence, and has counted ${silentMs} ms`;
};
